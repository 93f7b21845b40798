"""Health check of a service's container, for its HEALTHCHECK.

Run as `python -m transcendence_common.container_health PORT`. A container becomes healthy when its service is ready,
and stays healthy while the service lives: an unavailable database stops the rollout of a new version, but restarts no
container. Only a few modules of the standard library are imported, because this runs every few seconds in every
container, and an HTTP library alone would double its time.
"""

import socket
import sys
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Final

TIMEOUT_SECONDS: Final = 3.0
"""Longer than the 2 s that the service gives its own checks, and shorter than the HEALTHCHECK's timeout."""
MOST_ANSWER_BYTES: Final = 4096
"""Bytes read of an answer: enough for a status and the names of the failing checks."""
FIRST_PROCESS_STAT: Final = Path("/proc/1/stat")
START_TIME_FIELD: Final = 22
FIELDS_UP_TO_NAME: Final = 2


class Unhealthy(Exception):
    """The service is not healthy; the message is the reason."""


def main(arguments: list[str]) -> int:
    """Print the reason, which Docker stores, and return the exit code: 0 healthy, 1 not, 2 wrong arguments."""
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
    """Check that the service on this port is ready or, once it has been ready, that it lives.

    Args:
        port: TCP port on the loopback interface.
        container: identifies the container's run since its last restart; determined if not given.

    Returns:
        The finding, in a few words.

    Raises:
        Unhealthy: the check fails.
    """
    container = _container_start_time() if container is None else container
    marker = Path(tempfile.gettempdir()) / f"has-been-ready-{port}"
    if _has_been_ready(marker, container):
        _check_endpoint(port, "/health/live")
        return "live, and has been ready"
    _check_endpoint(port, "/health/ready")
    try:
        marker.write_text(container)
    except OSError as error:
        return f"ready; cannot remember that: {error}"
    return "ready"


def _check_endpoint(port: int, path: str) -> None:
    """Send an HTTP/1.0 request, whose answer ends with the connection."""
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
            connection.sendall(request)
            answer = _read_answer(connection)
    except OSError as error:
        raise Unhealthy(f"{path}: {type(error).__name__}") from None
    head, _, body = answer.partition("\r\n\r\n")
    status = head.partition("\r\n")[0].partition(" ")[2]
    if not status.startswith(f"{HTTPStatus.OK} "):
        raise Unhealthy(f"{path}: {status or 'no answer'} {' '.join(body.split())}".rstrip())


def _read_answer(connection: socket.socket) -> str:
    chunks: list[bytes] = []
    while sum(map(len, chunks)) < MOST_ANSWER_BYTES and (
        chunk := connection.recv(MOST_ANSWER_BYTES)
    ):
        chunks.append(chunk)
    return b"".join(chunks).decode(errors="replace")


def _has_been_ready(marker: Path, container: str) -> bool:
    try:
        return marker.read_text() == container
    except OSError:
        return False


def _container_start_time() -> str:
    """Return the start time of the container's first process. It changes with each restart, whatever files remain."""
    try:
        stat = FIRST_PROCESS_STAT.read_text()
    except OSError:
        # Not Linux, so not in a container.
        return "unknown"
    # The second field is the process's name in parentheses, and may itself contain spaces and parentheses.
    after_name = stat.rpartition(")")[2].split()
    return after_name[START_TIME_FIELD - FIELDS_UP_TO_NAME - 1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
