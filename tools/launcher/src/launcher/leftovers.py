"""Finds and ends processes of the platform by their standard output, which is a log that the launcher opened.

Every process of a part inherits it, whatever its parent, group, account or title. A list of process IDs would lack the
workers that a part starts, and become outdated.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

# The kernel has asked the parts of a killed launcher to stop. That is enough for parts that end in order; a service
# would wait longer for its open requests, which no gateway delivers any more.
OWN_END_SECONDS = 5.0
POLL_SECONDS = 0.02


def find_processes_by_log(logs: Path) -> Mapping[str, list[psutil.Process]]:
    """Return running processes by the name, without suffix, of the log that is their standard output.

    Only logs in the folder `logs` count. This process itself is left out.
    """
    folder = logs.resolve()
    found: defaultdict[str, list[psutil.Process]] = defaultdict(list)
    for process in psutil.process_iter():
        log = _standard_output(process.pid)
        if log is not None and log.parent == folder and process.pid != os.getpid():
            found[log.stem].append(process)
    return dict(found)


async def kill_processes(logs: Path, name: str) -> None:
    """Kill every process that writes the log `name`, and return when none is left."""
    while processes := find_processes_by_log(logs).get(name):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await asyncio.sleep(POLL_SECONDS)


async def end_leftovers(logs: Path, patience: float = OWN_END_SECONDS) -> list[str]:
    """End the processes left by a run that was itself killed; return the names of those that had to be killed.

    `patience` is the number of seconds that they have to end by themselves.
    """
    deadline = time.monotonic() + patience
    while (left := find_processes_by_log(logs)) and time.monotonic() < deadline:  # noqa: ASYNC110 (nothing wakes us)
        await asyncio.sleep(POLL_SECONDS)
    names = sorted(left)
    for name in names:
        await kill_processes(logs, name)
    return names


def _standard_output(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/fd/1").readlink()
    except OSError:
        # The process has ended, is a zombie, or belongs to another user.
        return None
