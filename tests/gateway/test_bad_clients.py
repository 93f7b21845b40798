"""Clients that are slow, or send too much, are disconnected, and no service notices them."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for

pytestmark = pytest.mark.image

PATIENCE_SECONDS = 0.5
# Deadline of the disconnection: the timeout and a margin for a slow machine, but less than a
# renewed timer would take.
LATEST_SECONDS = 5
DRIBBLE_SECONDS = 0.2
QUICK = {
    "GATEWAY_CLIENT_TIMEOUT": f"{PATIENCE_SECONDS * 1000:.0f}ms",
    "GATEWAY_SEND_TIMEOUT": f"{PATIENCE_SECONDS * 1000:.0f}ms",
}
HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
# More than the sockets' buffers hold.
LARGE_BYTES = 32 * 1024 * 1024
HEADER_BUFFER = 8 * 1024
MOST_CONNECTIONS = 3
# States in /proc/net/tcp without buffered data: TIME_WAIT and LISTEN.
GONE = ("06", "0A")


@pytest.fixture(scope="module")
def impatient(services: Services) -> Iterator[Gateway]:
    with running_gateway(services, QUICK) as gateway:
        yield gateway


def test_a_header_without_an_end_is_cut_off(impatient: Gateway) -> None:
    with impatient.connection() as client:
        client.sendall(HEADER)
        assert seconds_until_closed(client) < LATEST_SECONDS


def test_a_slowly_sent_header_is_cut_off_just_as_soon(impatient: Gateway) -> None:
    with impatient.connection() as client:
        client.sendall(HEADER)
        assert seconds_until_closed(client, dribble=b"x") < LATEST_SECONDS


def test_a_connection_without_a_handshake_is_cut_off(impatient: Gateway) -> None:
    for port in (impatient.https_port, impatient.http_port):
        with socket.create_connection(("127.0.0.1", port)) as client:
            assert seconds_until_closed(client) < LATEST_SECONDS


@pytest.mark.parametrize(
    "announced", [b"Content-Length: 1000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n"]
)
def test_an_incomplete_body_is_cut_off_and_not_passed_on(
    impatient: Gateway, services: Services, announced: bytes
) -> None:
    before = len(services.ui.seen)
    with impatient.connection() as client:
        client.sendall(b"POST /stops HTTP/1.1\r\nHost: localhost\r\n" + announced + b"x" * 100)
        assert seconds_until_closed(client) < LATEST_SECONDS
    (line,) = impatient.log_lines(lambda line: line["url"]["path"] == "/stops")[-1:]
    assert line["http"]["response"]["status_code"] == 408
    assert len(services.ui.seen) == before


def test_an_answer_that_the_client_does_not_read_is_cut_off(impatient: Gateway) -> None:
    folder = impatient.folder / "assets" / "static" / "r"
    folder.mkdir(parents=True)
    (folder / "large.bin").write_bytes(bytes(LARGE_BYTES))
    with impatient.connection() as client:
        client.sendall(b"GET /static/r/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        (line,) = impatient.log_lines(lambda line: line["url"]["path"] == "/static/r/large.bin")
        assert line["http"]["response"]["bytes"] < LARGE_BYTES
        # Without a reset, the kernel would hold the data until the client reads it.
        wait_for(lambda: not held_by_the_kernel(impatient.https_port), "the answer to be dropped")


def test_the_number_of_parallel_requests_per_address_is_limited(services: Services) -> None:
    limit = {"GATEWAY_CONNECTIONS": str(MOST_CONNECTIONS)}
    with running_gateway(services, limit) as gateway, ExitStack() as held:
        for number in range(MOST_CONNECTIONS):
            client = held.enter_context(gateway.connection())
            start = f"POST /held/{number} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
            # nginx asks for the body after it has counted the request.
            client.sendall(f"{start}Expect: 100-continue\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        with gateway.client() as visitor:
            for path, kind in (("/", "text/html"), ("/api/user/me", "application/problem+json")):
                reply = visitor.get(path)
                assert reply.status_code == 429
                assert reply.headers["Content-Type"].startswith(kind)
            client.sendall(b"x" * 9)
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            # nginx releases the request after it has sent the answer.
            wait_for(lambda: visitor.get("/").status_code == 200, "a request to be allowed again")


OVERSIZED: dict[str, Callable[[], bytes]] = {
    "line": lambda: b"X-Large: " + b"x" * HEADER_BUFFER,
    "name": lambda: b"x" * HEADER_BUFFER + b": 1",
    "total": lambda: b"\r\n".join(
        b"X-Large-%d: " % number + b"x" * (HEADER_BUFFER - 100) for number in range(5)
    ),
    "cookies": lambda: b"\r\n".join(b"Cookie: a=" + b"x" * (HEADER_BUFFER // 2) for _ in range(9)),
}


@pytest.mark.parametrize("kind", OVERSIZED)
def test_an_oversized_header_is_refused(gateway: Gateway, services: Services, kind: str) -> None:
    before = len(services.ui.seen)
    reply = gateway.raw(
        b"GET / HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n" % OVERSIZED[kind](),
        patience=PATIENCE_SECONDS,
    )
    assert reply.startswith(b"HTTP/1.1 431 ")
    assert b'"code":"headers_too_large"' in reply
    assert len(services.ui.seen) == before


def held_by_the_kernel(port: int) -> list[str]:
    """Return the connections to a port of this machine in any state, without the listener."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row[3] for row in rows if row[1].endswith(f":{port:04X}") and row[3] not in GONE]


def seconds_until_closed(client: socket.socket | ssl.SSLSocket, dribble: bytes = b"") -> float:
    """Return the seconds until the connection is closed; raises TimeoutError if it stays open."""
    started = time.monotonic()
    client.settimeout(DRIBBLE_SECONDS if dribble else 2 * LATEST_SECONDS)
    with suppress(ConnectionError, ssl.SSLError):
        while time.monotonic() - started < 2 * LATEST_SECONDS:
            try:
                if not client.recv(65536):
                    break
            except TimeoutError:
                if not dribble:
                    raise
                client.sendall(dribble)
    return time.monotonic() - started
