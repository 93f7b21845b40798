"""Checks before the platform starts."""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from launcher.errors import LaunchError
from launcher.settings import port_variable

LOCK_FILE = "lock"
MEGABYTE = 1_000_000
# A new database takes 40 MB, its write-ahead log soon as much again, and root's copy of the binaries 25 MB.
FREE_MEGABYTES_MIN = 150


class AlreadyRunning(LaunchError):
    def __init__(self, clone: Path, pid: str) -> None:
        super().__init__(
            f"`make up` already runs for {clone} (process {pid}): stop it first, with Ctrl-C there "
            f"or `kill {pid}`"
        )


class PortInUse(LaunchError):
    def __init__(self, name: str, port: int, holder: str) -> None:
        super().__init__(
            f"Port {port} is in use by {holder}: stop it, or choose another with "
            f"{port_variable(name)}=…"
        )


class PortRefused(LaunchError):
    def __init__(self, name: str, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Port {port} on {host} cannot be opened ({reason}): choose another with "
            f"{port_variable(name)}=…"
        )


class DiskFull(LaunchError):
    def __init__(self, folder: Path, free: int, needed: int) -> None:
        super().__init__(
            f"Only {free} MB are free for {folder} and the platform needs {needed} MB: "
            "free some space"
        )


class ProgramMissing(LaunchError):
    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is not on PATH: install {package}")


def check_setpriv() -> None:
    """Raise ProgramMissing if setpriv is missing: it starts all parts, so that they end with the launcher."""
    if shutil.which("setpriv") is None:
        raise ProgramMissing("setpriv", "util-linux")


def check_free_space(folder: Path, megabytes: int = FREE_MEGABYTES_MIN) -> None:
    """Raise DiskFull if there is too little free space, which a server would report less clearly."""
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < megabytes:
        raise DiskFull(folder, free, megabytes)


@contextmanager
def hold_clone_lock(folder: Path, clone: Path) -> Iterator[None]:
    """Hold the clone's lock inside the `with` block, so that `make up` runs once in a clone. The kernel releases it if
    the process is killed. Raises AlreadyRunning."""
    with (folder / LOCK_FILE).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(clone, lock.read().strip()) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def check_ports(ports: Mapping[str, tuple[str, int]]) -> None:
    """Raise PortInUse or PortRefused for the first port that is not free. `ports` has host and port by name."""
    for name, (host, port) in ports.items():
        try:
            _try_to_bind(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(name, port, _program_on_port(port)) from error
            raise PortRefused(name, host, port, os.strerror(error.errno or 0)) from error


def _try_to_bind(host: str, port: int) -> None:
    with socket.socket() as probe:
        # As the servers do: a closing connection of the previous run does no harm.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _program_on_port(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr[1:2] == (port,) and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "another program"
