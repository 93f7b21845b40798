"""What a launcher that was killed together with its supervisor has left running."""

import json
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

RECORD_FILE = "processes.json"
# Names the temporary folder of supervisord's socket, which it removes itself unless it is killed.
SOCKETS_LINK = "sockets"
SUPERVISOR = "supervisor"
POSTGRES = "postgres"
# supervisord that lost its launcher stops the parts by itself, at the latest after this.
OWN_END_SECONDS = 60
STOP_LIMIT_SECONDS = 10
POLL_SECONDS = 0.05


def remember(folder: Path, pids: Mapping[str, int]) -> None:
    """Writes down who runs, in starting order. A pid alone could be somebody else's later."""
    record = [
        [name, pid, _began(psutil.Process(pid))]
        for name, pid in pids.items()
        if psutil.pid_exists(pid)
    ]
    # Whole or not at all, also when the launcher is killed in the middle of this.
    unfinished = folder / f"{RECORD_FILE}.unfinished"
    unfinished.write_text(json.dumps(record))
    unfinished.rename(folder / RECORD_FILE)


def forget(folder: Path) -> None:
    (folder / RECORD_FILE).unlink(missing_ok=True)


def end_leftovers(folder: Path) -> list[str]:
    """Ends what is left of the last run, in reverse order; the names of what had to be ended."""
    left = still_running(folder)
    if SUPERVISOR in left:
        # It ends when nothing is left to stop, or without having stopped anything.
        _wait_until_gone([left[SUPERVISOR]], OWN_END_SECONDS)
        left = {name: process for name, process in left.items() if not _is_gone(process)}
    for name, process in reversed(left.items()):
        _end(name, process)
    _remove_sockets(folder)
    forget(folder)
    return list(left)


def _remove_sockets(folder: Path) -> None:
    link = folder / SOCKETS_LINK
    if link.is_symlink():
        shutil.rmtree(link.readlink(), ignore_errors=True)
        link.unlink()


def still_running(folder: Path) -> dict[str, psutil.Process]:
    """Who of the last run lives, by name."""
    found: dict[str, psutil.Process] = {}
    for name, pid, began in _read_record(folder / RECORD_FILE):
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if _began(process) == began and not _is_gone(process):
                found[name] = process
    return found


def _began(process: psutil.Process) -> float:
    """Return the seconds from the machine's boot to the process's start, which corrections of the clock do not move."""
    return round(process.create_time() - psutil.boot_time(), 2)


def _read_record(path: Path) -> list[tuple[str, int, float]]:
    if not path.exists():
        return []
    try:
        return [(str(name), int(pid), float(at)) for name, pid, at in json.loads(path.read_text())]
    except ValueError:
        # A machine that lost its power may have kept the name and not the content; nobody runs then.
        return []


def _end(name: str, process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        # PostgreSQL's SIGTERM waits for its clients; SIGINT ends their sessions.
        process.send_signal(signal.SIGINT if name == POSTGRES else signal.SIGTERM)
        _wait_until_gone(family, STOP_LIMIT_SECONDS)
        for survivor in family:
            with suppress(psutil.NoSuchProcess):
                survivor.kill()


def _wait_until_gone(processes: Sequence[psutil.Process], limit: float) -> None:
    waiting = Retrying(
        retry=retry_if_result(lambda gone: not gone),
        stop=stop_after_delay(limit),
        wait=wait_fixed(POLL_SECONDS),
        # Not an error here: the caller looks who is left.
        retry_error_callback=lambda _: False,
    )
    waiting(lambda: all(_is_gone(process) for process in processes))


def _is_gone(process: psutil.Process) -> bool:
    """A zombie is gone: what adopts orphans in a container may take its time to bury them."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
