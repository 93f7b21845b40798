"""Logs of the parts: finds the line that explains why a part ended, and rotates the files."""

import json
import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# A service that is asked ten times a second whether it is ready logs the reason as often.
TAIL_BYTES = 1024 * 1024
# PostgreSQL, nginx and npm write more lines after the one with the reason.
INFORMATIVE_LINE = re.compile(r"\b(FATAL|PANIC):|\[emerg\]|^npm error (code |.*reason: )")
NO_LINE = "nothing"
LOG_BYTES = 5_000_000


def log_size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def seconds_since_written(log: Path) -> float:
    """Return the seconds since a log was last written."""
    return time.time() - log.stat().st_mtime


def last_line(log: Path, since: int = 0) -> str:
    """Return the most informative line written after byte `since`, without JSON around it."""
    lines = [line.strip() for line in _read_tail(log, since).splitlines() if line.strip()]
    if not lines:
        return NO_LINE
    if telling := [line for line in lines if INFORMATIVE_LINE.search(line)]:
        return telling[-1]
    if _read_record(lines[-1]) is None:
        return lines[-1]
    records = [record for line in lines if (record := _read_record(line))]
    explained = [record for record in records if record.reason]
    return str(explained[-1] if explained else records[-1])


def rotate_log(log: Path, limit: int = LOG_BYTES) -> None:
    """Empty a log that is longer than `limit` bytes, after copying it; the previous copy is kept too.

    Its writers hold it open, so it keeps its name and inode. Lines written between the copy and the emptying are lost.
    A log that cannot be copied, for example on a full disk, stays unchanged until it can be.
    """
    if log_size(log) <= limit:
        return
    copy = log.with_name(f"{log.name}.1")
    unfinished = log.with_name(f"{log.name}.unfinished")
    try:
        shutil.copyfile(log, unfinished)
        if copy.exists():
            copy.rename(log.with_name(f"{log.name}.2"))
        unfinished.rename(copy)
        os.truncate(log, 0)
    except OSError:
        # Tried again at the next check.
        with suppress(OSError):
            unfinished.unlink()


@dataclass(frozen=True)
class LogRecord:
    """The parts of a service's JSON log line (in ECS names) that a user wants to see."""

    message: str
    reason: str | None

    def __str__(self) -> str:
        return f"{self.message}: {self.reason}" if self.reason else self.message


def _read_tail(log: Path, since: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        size = file.seek(0, 2)
        # A log that is shorter than before was rotated: all of it is new.
        file.seek(max(size - TAIL_BYTES, since if since <= size else 0))
        return file.read().decode(errors="replace")


def _read_record(line: str) -> LogRecord | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    if not isinstance(fields, dict) or "message" not in fields:
        return None
    error = fields.get("error")
    reason = error.get("message") if isinstance(error, dict) else None
    return LogRecord(str(fields["message"]), str(reason) if reason else None)
