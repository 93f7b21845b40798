"""`make admin`: grants and revokes the administrator role through the running platform's auth."""

import asyncio
import sys
from pathlib import Path

import psutil

from launcher.console import Report
from launcher.errors import LaunchError
from launcher.leftovers import find_processes_by_log
from launcher.logs import NO_LINE
from launcher.state_folder import LINK_NAME, open_state_folder

SERVICE = "auth"


class NotRunning(LaunchError):
    def __init__(self) -> None:
        super().__init__(
            "The platform does not run here: start it with `make up`, and keep it running"
        )


class AdminRefused(LaunchError):
    pass


async def set_admin(clone: Path, name: str, report: Report, *, revoke: bool) -> None:
    """Grant or revoke the administrator role; raises NotRunning, or AdminRefused if no account has that name."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", SERVICE, "revoke-admin" if revoke else "grant-admin", name),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=clone,
        env=_running_auth_environment(clone),
    )
    _, errors = await process.communicate()
    if process.returncode != 0:
        lines = errors.decode(errors="replace").split("\n")
        raise AdminRefused(next((line for line in reversed(lines) if line.strip()), NO_LINE))
    report.print_text(
        f"{name} is no administrator any more." if revoke else f"{name} is an administrator."
    )


def _running_auth_environment(clone: Path) -> dict[str, str]:
    """Return the environment of the running auth, with the database and secrets that `make up` gave it."""
    if not (clone / LINK_NAME).exists():
        raise NotRunning
    running = find_processes_by_log(open_state_folder(clone).private_folder("logs"))
    try:
        return running[SERVICE][0].environ()
    except (KeyError, psutil.NoSuchProcess):
        raise NotRunning from None
