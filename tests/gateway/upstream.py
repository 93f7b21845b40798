"""A stand-in for a service behind the gateway, which answers with what it received."""

import asyncio
import contextlib
import json
import socket
import threading
import weakref
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from tests.gateway.tokens import SigningKey
from transcendence_common.websocket_protocol import WebSocketProtocol

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JWKS_PATH = "/api/user/.well-known/jwks.json"
STOP_SECONDS = 5
LISTEN_BACKLOG = 128
# Longer than a test waits for the first event of a stream, so that a
# buffered stream fails the test.
STREAM_SECONDS = 10


@dataclass
class Seen:
    """One request as it reached the service."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    client_port: int = 0

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


class _Server(uvicorn.Server):
    """A server that stops at once, while uvicorn checks only ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.asked_to_stop = threading.Event()

    async def main_loop(self) -> None:
        # Sets the headers of each answer.
        await self.on_tick(0)
        await asyncio.to_thread(self.asked_to_stop.wait)


@dataclass
class FakeService:
    """A stand-in service on its own port, which stays the same when it is stopped and started.

    `tls` holds a certificate and its key.
    """

    name: str
    keys: list[SigningKey] = field(default_factory=list)
    tls: Path | None = None
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    key_reads: int = 0

    def __post_init__(self) -> None:
        # Bound without listening: the port stays reserved and refuses connections
        # while the service is stopped.
        reservation = bound()
        weakref.finalize(self, reservation.close)
        self.port: int = reservation.getsockname()[1]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def start(self) -> None:
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            log_level="error",
            proxy_headers=False,
            ws=WebSocketProtocol,
            ssl_certfile=self.tls,
        )
        self._server = _Server(config)
        listener = bound(self.port)
        listener.listen(LISTEN_BACKLOG)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[listener])), daemon=True
        )
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._server.force_exit = True
        self._server.asked_to_stop.set()

    def stop(self) -> None:
        self.ask_to_stop()
        self._thread.join(STOP_SECONDS)
        assert not self._thread.is_alive(), f"{self.name} does not stop"

    async def _serve(
        self, scope: MutableMapping[str, object], receive: Receive, send: Send
    ) -> None:
        seen = _seen(scope)
        if scope["type"] == "websocket":
            self.seen.append(seen)
            await self._meet(receive, send)
            return
        seen.body = await _body(receive)
        self.seen.append(seen)
        if seen.target == JWKS_PATH:
            self.key_reads += 1
            await self._answer(send, 200, {"keys": [key.jwk() for key in self.keys]})
        elif seen.target.rstrip("/").endswith(("/events", "/live")):
            await self._stream(send)
        elif seen.target.startswith("/slow/"):
            await asyncio.sleep(float(seen.target.rpartition("/")[2]))
            await self._answer(send, 200, {"from": self.name})
        elif "/status/" in seen.target:
            await self._answer(send, int(seen.target.rpartition("/")[2]), {"from": self.name})
        else:
            await self._answer(send, 200, {"from": self.name, "padding": "x" * 1000})

    async def _meet(self, receive: Receive, send: Send) -> None:
        """Handle a WebSocket, which is `last` in `seen`; subclasses override this."""
        await echo(receive, send)

    async def _stream(self, send: Send) -> None:
        await self._begin(send, 200, "text/event-stream; charset=utf-8")
        event = b"event: changed\ndata: 1\n\n"
        await send({"type": "http.response.body", "body": event, "more_body": True})
        with contextlib.suppress(asyncio.CancelledError):  # The service may be stopped meanwhile.
            await asyncio.sleep(STREAM_SECONDS)

    async def _answer(self, send: Send, status: int, body: dict[str, object]) -> None:
        await self._begin(send, status, "application/json")
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    async def _begin(self, send: Send, status: int, kind: str) -> None:
        headers = [("content-type", kind), *self.answer_headers]
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(key.encode(), value.encode()) for key, value in headers],
            }
        )


def _seen(scope: MutableMapping[str, object]) -> Seen:
    raw, query = scope["raw_path"], scope["query_string"]
    headers, client = scope["headers"], scope["client"]
    assert isinstance(raw, bytes)
    assert isinstance(query, bytes)
    assert isinstance(headers, list)
    assert isinstance(client, tuple)
    target = raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    pairs = [(key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in headers]
    return Seen(str(scope.get("method", "GET")), target, pairs, client_port=client[1])


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        part = message.get("body", b"")
        assert isinstance(part, bytes)
        body += part
        if not message.get("more_body"):
            return body


def bound(port: int = 0) -> socket.socket:
    """Return a socket that is bound to the port, or to a free one, and does not listen."""
    # asyncio disables Nagle's algorithm only if the protocol is named; otherwise each
    # answer is delayed by 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Two sockets may be bound to one port as long as neither listens.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


async def echo(receive: Receive, send: Send) -> None:
    """Accept a WebSocket and echo its messages."""
    while True:
        message = await receive()
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif message["type"] == "websocket.receive":
            sent = {"text": message.get("text"), "bytes": message.get("bytes")}
            await send({"type": "websocket.send", **sent})
        else:
            return
