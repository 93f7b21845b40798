"""`python -m transcendence_common.container_health PORT`: the health of a service's container, for its HEALTHCHECK.

A container becomes healthy when its service is ready and stays healthy while the service lives, so a database that is
away keeps a new version from going on, but restarts nobody. Nothing but a few modules of the standard library, because
this runs every few seconds in every container: an HTTP library alone would double its time.
"""

import socket
import sys
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Final

TIMEOUT_SECONDS: Final = 3.0
"""Above the two seconds that the service gives its own checks; the HEALTHCHECK's timeout lies above this."""
ANSWER_BYTES: Final = 4096
"""Plenty for a status and the names of the checks that fail."""
FIRST_PROCESS: Final = Path("/proc/1/stat")
START_TIME_FIELD: Final = 22
FIELDS_UP_TO_NAME: Final = 2


class Unhealthy(Exception):
    """The message is the reason."""


def main(arguments: list[str]) -> int:
    """Print the reason, which Docker keeps, and return the exit code: 0 healthy, 1 not."""
    if len(arguments) != 1 or not arguments[0].isdecimal():
        sys.stderr.write("usage: python -m transcendence_common.container_health PORT\n")
        return 2
    try:
        found = check_health(int(arguments[0]))
    except Unhealthy as error:
        sys.stdout.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{found}\n")
    return 0


def check_health(port: int, *, container: str | None = None) -> str:
    """Ask the service on this port whether it is ready, or once it has been so, whether it lives.

    Args:
        port: TCP, on the loopback.
        container: what tells this container's life from the one before a restart; found out where it is not given.

    Raises Unhealthy.
    """
    container = _life_of_container() if container is None else container
    marker = Path(tempfile.gettempdir()) / f"has-been-ready-{port}"
    if _says(marker, container):
        _ask(port, "/health/live")
        return "live, and has been ready"
    _ask(port, "/health/ready")
    try:
        marker.write_text(container)
    except OSError as error:
        return f"ready; cannot remember that: {error}"
    return "ready"


def _ask(port: int, path: str) -> None:
    """One request in HTTP/1.0, whose answer ends where the connection does."""
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
            connection.sendall(request)
            answer = _read(connection)
    except OSError as error:
        raise Unhealthy(f"{path}: {type(error).__name__}") from None
    head, _, body = answer.partition("\r\n\r\n")
    status = head.partition("\r\n")[0].partition(" ")[2]
    if not status.startswith(f"{HTTPStatus.OK} "):
        raise Unhealthy(f"{path}: {status or 'no answer'} {' '.join(body.split())}".rstrip())


def _read(connection: socket.socket) -> str:
    chunks: list[bytes] = []
    while sum(map(len, chunks)) < ANSWER_BYTES and (chunk := connection.recv(ANSWER_BYTES)):
        chunks.append(chunk)
    return b"".join(chunks).decode(errors="replace")


def _says(marker: Path, container: str) -> bool:
    try:
        return marker.read_text() == container
    except OSError:
        return False


def _life_of_container() -> str:
    """The start time of the container's first process: another one after a restart, whatever became of the files."""
    try:
        stat = FIRST_PROCESS.read_text()
    except OSError:
        # No Linux, hence no container.
        return "unknown"
    # The second field is the process's name in parentheses, and may itself hold spaces and parentheses.
    after_name = stat.rpartition(")")[2].split()
    return after_name[START_TIME_FIELD - FIELDS_UP_TO_NAME - 1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
