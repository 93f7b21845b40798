"""Log files in a folder shared by several replicas of a service: each replica writes to its own file."""

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
"""Rotated files kept beside the current one: a reader may be away for 256 MB of lines without missing any."""
DISK_FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
READABLE_BY_ALL = 0o644
"""Log readers have another uid than the services, whatever the umask is."""


class LogFolderUnusable(Exception):
    """LOG_DIR cannot be written to; the message names the folder and the reason."""

    def __init__(self, folder: Path, reason: OSError) -> None:
        super().__init__(f"LOG_DIR {folder} cannot be written to: {reason.strerror}")


def check_log_folder(folder: Path) -> None:
    """Check that a file can be written in the folder, before anything else is done.

    Raises:
        LogFolderUnusable: it does not exist, or this user may not write in it.
    """
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise LogFolderUnusable(folder, error) from error


class ReplicaLogFile(RotatingFileHandler):
    """Writes to the first of `<service>.json`, `<service>-2.json`, … that no other process has locked.

    The kernel releases the lock of a process that dies; its file is then continued by another.
    """

    def __init__(self, folder: Path, service: str) -> None:
        """Lock and open a file.

        Raises:
            LogFolderUnusable: the folder cannot be written to.
        """
        self._failed = self._failed_before = False
        try:
            name, self._lock = _lock_first_free_name(folder, service)
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
            # A service also starts with a full disk, as it keeps running with one: each line tries again.
            if error.errno not in DISK_FULL_ERRORS:
                self.close()
                raise LogFolderUnusable(folder, error) from error

    def emit(self, record: LogRecord) -> None:
        """Write a line. If that fails, the line is lost, and the code that logs continues."""
        # A closed handler of the standard library would open the file again, and another process may own it by now.
        if self._closed:  # type: ignore[attr-defined]
            return
        self._failed_before, self._failed = self._failed, False
        super().emit(record)

    # Names of the standard library, from here on.

    def close(self) -> None:
        """Close the file and release its lock for other processes."""
        try:
            super().close()
        finally:
            with suppress(OSError):
                os.close(self._lock)
            self._lock = -1

    def shouldRollover(self, record: LogRecord) -> bool:  # noqa: ARG002, N802
        """Decide by the file's size alone: the standard library formats each line twice, once to know its length."""
        if self.stream is None:
            self.stream = self._open()
        return self.stream.tell() >= self.maxBytes

    def handleError(self, record: LogRecord) -> None:  # noqa: N802
        """Report a failure once until a line is written again.

        Every line would fail, and standard error may share the disk.
        """
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._failed = True
        if not self._failed_before:
            sys.stderr.write(f"{self.baseFilename} misses lines: {error.strerror}\n")
        # The rest of the line would otherwise be written in front of the next one.
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()
            self.stream = None

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, opener=_open_after_whole_line)


def _lock_first_free_name(folder: Path, service: str) -> tuple[str, int]:
    for number in count(1):
        name = service if number == 1 else f"{service}-{number}"
        lock = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, READABLE_BY_ALL)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        except OSError:
            # The file system has no locks.
            os.close(lock)
            raise
        else:
            return name, lock
    raise AssertionError


def _open_after_whole_line(path: str, flags: int) -> int:
    """Open a file, ending its last line if a full disk or a power failure has cut it."""
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
