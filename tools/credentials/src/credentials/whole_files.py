"""Writes files atomically."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes, mode: int) -> None:
    """Write a file by renaming a complete one, with that mode whatever the umask; leftovers of a killed call are
    removed."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(
            os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
        ) as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
