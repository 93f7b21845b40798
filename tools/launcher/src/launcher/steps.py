"""Runs commands that must finish before the platform starts."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from launcher.errors import LaunchError
from launcher.logs import last_line
from launcher.state_folder import CHILD_UMASK


class StepFailed(LaunchError):
    def __init__(self, name: str, words: str, log: Path, advice: str) -> None:
        super().__init__(f"{name} failed: {words} (log: {log}){advice}")


async def run_step(
    name: str,
    command: Sequence[str],
    *,
    directory: Path,
    log: Path,
    environment: Mapping[str, str] | None = None,
    advice: str = "",
) -> None:
    """Run a command with its output in `log`. Raises StepFailed, with `advice` at its end.

    `environment` overrides the launcher's own. Cancelling ends the command's whole process group.
    """
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            # The step's files may be served by workers of another account.
            umask=CHILD_UMASK,
        )
    try:
        status = await process.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if status != 0:
        raise StepFailed(name, last_line(log), log, advice)
