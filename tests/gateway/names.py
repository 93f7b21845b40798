"""A name server for one name, as containers have one, and a replica that hangs up."""

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
QUEUED = 4  # More than a queue of none takes.


@dataclass
class Names:
    """Every name has these addresses; they may change, and `asked_at` is when they were wanted last."""

    addresses: list[str]
    asked_at: float = 0.0


def name_server(*addresses: str) -> AbstractContextManager[str]:
    """Every name has these addresses. Yields what nginx's `resolver` wants."""
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
    """Reads each request and closes without a word. Yields what it read."""
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
    """Nobody answers there, not even with a refusal, as where a container was: its queue is full for ever."""
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
            # Noted before the caller can know that nobody answers.
            read.append(request)
