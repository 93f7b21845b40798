"""Log files in a folder that several replicas of a service share: each writes to one that no other has."""

import errno
import fcntl
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from itertools import count
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from tempfile import TemporaryFile

FILE_BYTES = 32 * 1024 * 1024
FILES_KEPT = 7
"""Beside the one that is written to: a reader that is away for long misses nothing within 256 MB of lines."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
READABLE_BY_ALL = 0o644
"""Whoever reads the lines has another uid than whoever writes them, whatever the umask says."""


class LogFolderUnusable(Exception):
    """Nothing can be written in LOG_DIR; the text names it and says why."""

    def __init__(self, folder: Path, reason: OSError) -> None:
        super().__init__(f"LOG_DIR {folder} cannot be written to: {reason.strerror}")


def check_folder(folder: Path) -> None:
    """Make sure that lines can be written there, before anything else is done.

    Raises:
        LogFolderUnusable: it is not there, or not for this user.
    """
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise LogFolderUnusable(folder, error) from error


class OwnLogFile(RotatingFileHandler):
    """Writes to the first of `<service>.json`, `<service>-2.json`, … that no other process holds, until it is closed.

    The kernel lets go of what a process holds that dies, however it dies; what it wrote is then gone on with.
    """

    def __init__(self, folder: Path, service: str) -> None:
        """Take a file.

        Raises:
            LogFolderUnusable: it cannot be written to.
        """
        self._failed = self._failed_before = False
        try:
            name, self._lock = _first_free(folder, service)
        except OSError as error:
            raise LogFolderUnusable(folder, error) from error
        super().__init__(
            folder / f"{name}.json",
            maxBytes=FILE_BYTES,
            backupCount=FILES_KEPT,
            encoding="utf-8",
            delay=True,
        )
        try:
            self.stream = self._open()
        except OSError as error:
            # A service starts on a full disk as well as it goes on on one: each line tries again.
            if error.errno not in FULL:
                self.close()
                raise LogFolderUnusable(folder, error) from error

    def emit(self, record: LogRecord) -> None:
        """Write a line; where that fails it is lost here, and whoever said it goes on."""
        # A closed handler of the standard library would open the file again, and another process may have it by now.
        if self._closed:  # type: ignore[attr-defined]
            return
        self._failed_before, self._failed = self._failed, False
        super().emit(record)

    # The standard library's names, from here on.

    def close(self) -> None:
        """Let go of the file; another process may have it."""
        try:
            super().close()
        finally:
            with suppress(OSError):
                os.close(self._lock)
            self._lock = -1

    def shouldRollover(self, record: LogRecord) -> bool:  # noqa: ARG002, N802
        """Look at the size alone: the standard library makes each line twice, once to know its length."""
        if self.stream is None:
            self.stream = self._open()
        return self.stream.tell() >= self.maxBytes

    def handleError(self, record: LogRecord) -> None:  # noqa: N802
        """Say it once until a line is written again: each line would fail, and standard error may share the disk."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._failed = True
        if not self._failed_before:
            sys.stderr.write(f"{self.baseFilename} misses lines: {error.strerror}\n")
        # What is left of the line would go in front of the next one that can be written.
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()
            self.stream = None

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, opener=_open_whole)


def _first_free(folder: Path, service: str) -> tuple[str, int]:
    for number in count(1):
        name = service if number == 1 else f"{service}-{number}"
        lock = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, READABLE_BY_ALL)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        except OSError:
            # A file system that knows no locks.
            os.close(lock)
            raise
        else:
            return name, lock
    raise AssertionError


def _open_whole(path: str, flags: int) -> int:
    """Open a file that ends with a whole line: a full disk, or a machine that lost its power, may have cut the last."""
    found = os.open(path, flags & ~os.O_WRONLY | os.O_RDWR, READABLE_BY_ALL)
    try:
        os.fchmod(found, READABLE_BY_ALL)
        size = os.fstat(found).st_size
        if size and os.pread(found, 1, size - 1) != b"\n":
            os.write(found, b"\n")
    except OSError:
        os.close(found)
        raise
    return found
