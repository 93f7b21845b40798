"""A name server for one name, as containers have one, and replicas that do not answer."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

HEADER_BYTES = 12
TYPE_A = 1
ANSWER = 0x8180  # A response, recursion desired and available, no error.
TTL_SECONDS = 60
QUEUED = 4  # More than a queue of length zero takes.


@dataclass
class Names:
    """The addresses of every name, which may change; `asked_at` is the time of the last query."""

    addresses: list[str]
    asked_at: float = 0.0


def name_server(*addresses: str) -> AbstractContextManager[str]:
    """Answer every query with these addresses. Yields the value for nginx's `resolver`."""
    return changing_name_server(Names(list(addresses)))


@contextmanager
def changing_name_server(names: Names) -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        thread = threading.Thread(target=_answer_names, args=(listener, names))
        thread.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            listener.sendto(b"", ("127.0.0.1", port))
            thread.join()


@contextmanager
def replica_that_hangs_up(address: str, port: int) -> Iterator[list[bytes]]:
    """Read each request and close the connection without an answer. Yields the requests."""
    read: list[bytes] = []
    with socket.create_server((address, port)) as listener:
        thread = threading.Thread(target=_hang_up, args=(listener, read))
        thread.start()
        try:
            yield read
        finally:
            with socket.create_connection((address, port)) as last:
                last.sendall(b"stop")
            thread.join()


@contextmanager
def replica_that_is_gone(address: str, port: int) -> Iterator[None]:
    """An address that does not even refuse connections, like a removed
    container's: its queue is always full."""
    with socket.create_server((address, port), backlog=0), ExitStack() as queue:
        for _ in range(QUEUED):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield


def _answer_names(listener: socket.socket, names: Names) -> None:
    while True:
        query, client = listener.recvfrom(512)
        if not query:
            return
        name_end = query.index(b"\0", HEADER_BYTES) + 1
        question = query[HEADER_BYTES : name_end + 4]
        (kind,) = struct.unpack("!H", query[name_end : name_end + 2])
        found = list(names.addresses) if kind == TYPE_A else []
        records = b"".join(
            struct.pack("!HHHIH", 0xC00C, TYPE_A, 1, TTL_SECONDS, 4) + socket.inet_aton(address)
            for address in found
        )
        header = query[:2] + struct.pack("!HHHHH", ANSWER, 1, len(found), 0, 0)
        names.asked_at = time.monotonic()
        listener.sendto(header + question + records, client)


def _hang_up(listener: socket.socket, read: list[bytes]) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(65536)
            if request == b"stop":
                return
            # Recorded first, so that a client cannot notice the lack of an answer before.
            read.append(request)
