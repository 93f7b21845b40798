"""A socket without a network: messages arrive at once, unless the socket is blocked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from litestar.types import Receive, Send
from litestar.types.asgi_types import (
    WebSocketCloseEvent,
    WebSocketReceiveEvent,
    WebSocketSendEvent,
)

from tests.fixtures.patience import PATIENCE_SECONDS
from tournament.live.connection import Connection


@dataclass
class Network:
    """The server's side of a socket. What is sent arrives unless the socket is blocked."""

    arrived: list[bytes] = field(default_factory=list)
    closed: int | None = None
    incoming: asyncio.Queue[WebSocketReceiveEvent] = field(default_factory=asyncio.Queue)
    passes: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    stuck: int = 0
    handle_frame: Callable[[bytes], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self.passes.set()

    async def send(self, event: WebSocketSendEvent | WebSocketCloseEvent) -> None:
        self.stuck += 1
        async with self.changed:
            self.changed.notify_all()
        await self.passes.wait()
        self.stuck -= 1
        async with self.changed:
            if event["type"] == "websocket.send":
                self.arrived.append(event["bytes"] or b"")
            else:
                self.closed = int(event["code"])
                self.hang_up()
            self.changed.notify_all()

    async def receive(self) -> WebSocketReceiveEvent:
        return await self.incoming.get()

    def write_frame(self, payload: bytes) -> bool:
        """Deliver a frame at once, without `send`; False while the socket is blocked."""
        if self.passes.is_set() and self.closed is None:
            self.arrived.append(payload)
            return True
        return False

    def read_frames(self, handler: Callable[[bytes], None]) -> None:
        self.handle_frame = handler

    def ends(self) -> tuple[Receive, Send]:
        """Return the ASGI callables; Litestar's types of them are wider than a socket's."""
        return cast("Receive", self.receive), cast("Send", self.send)

    def say(self, frame: bytes | None = None, text: str | None = None) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "bytes": frame, "text": text})

    def hang_up(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})  # type: ignore[typeddict-item]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self.changed:
            await self.changed.wait_for(holds)

    async def blocks(self, connection: Connection) -> None:
        """Block all further messages, with one of them under way."""
        self.passes.clear()
        connection.queue_message(b"<stuck>")
        await self.until(lambda: self.stuck > 0)
