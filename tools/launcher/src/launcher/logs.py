"""Finds the line of a part's log that says why it ended."""

import json
import re
from pathlib import Path

TAIL_BYTES = 64 * 1024
# PostgreSQL and nginx go on writing after the line that tells.
TELLING = re.compile(r"\b(FATAL|PANIC):|\[emerg\]")
NO_LINE = "nothing"


def size_of(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def last_words(log: Path, since: int = 0) -> str:
    """The line that tells most among those written after byte `since`, without JSON around it."""
    lines = [line.strip() for line in _tail(log, since).splitlines() if line.strip()]
    if not lines:
        return NO_LINE
    telling = [line for line in lines if TELLING.search(line)]
    return _plain(telling[-1] if telling else lines[-1])


def _tail(log: Path, since: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        size = file.seek(0, 2)
        # A log that is shorter than before was rotated: all of it is new.
        file.seek(max(size - TAIL_BYTES, since if since <= size else 0))
        return file.read().decode(errors="replace")


def _plain(line: str) -> str:
    """Services log JSON in ECS names; a person wants its message and the error's."""
    try:
        record = json.loads(line)
    except ValueError:
        return line
    if not isinstance(record, dict) or "message" not in record:
        return line
    error = record.get("error")
    detail = error.get("message") if isinstance(error, dict) else None
    return f"{record['message']}: {detail}" if detail else str(record["message"])
