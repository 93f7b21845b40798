"""One open WebSocket with its send queue: a slow client fills this queue and never delays the match."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from litestar.exceptions import WebSocketDisconnect
from litestar.types import Receive, Send
from litestar.types.asgi_types import WebSocketReceiveEvent
from uvicorn.protocols.utils import ClientDisconnected

from tournament.live import protocol
from tournament.live.metrics import CLOSED, RECEIVED, SENT_BYTES, SNAPSHOTS
from tournament.live.protocol import CloseCode, FromClient, Refused

MOST_WAITING: Final = 64
"""Most messages queued for one client, about 5 s of the liveliest play. A client farther behind gets a snapshot."""
MOST_A_SECOND: Final = 120
"""Most messages a player may send per second: twice the tick rate."""
MOST_OF_SPECTATORS: Final = 40
"""Most messages a spectator may send per second. Spectators only answer beats; a match may have 200 of them."""
SILENT_SECONDS: Final = 6.0
"""Seconds without an answer to a beat before a client counts as gone: a cut network sends no close frame."""
GOODBYE_SECONDS: Final = 5.0
"""Seconds allowed for sending the queue and the close frame. A client may read nothing for ever."""

GONE = (WebSocketDisconnect, ClientDisconnected, OSError)


class Connection:
    """The socket of a player or spectator."""

    def __init__(
        self,
        send: Send,
        fresh: Callable[[], list[bytes]],
        *,
        most_a_second: int = MOST_A_SECOND,
        goodbye_seconds: float = GOODBYE_SECONDS,
    ) -> None:
        """Wrap an accepted socket; `fresh` returns the messages that bring a client up to date that missed some."""
        self._send = send
        self._fresh = fresh
        self._most_a_second = most_a_second
        self._goodbye_seconds = goodbye_seconds
        self._waiting: list[bytes] = []
        self._missed = False
        self._wake = asyncio.Event()
        self._closing: CloseCode | None = None
        self._is_closing = asyncio.Event()
        self._second = 0
        self._in_this_second = 0
        self.heard_at = monotonic()

    def tell(self, message: bytes) -> None:
        """Queue a message without waiting. A client that is too far behind gets a snapshot instead of the backlog."""
        if self._closing is not None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self._missed = True
        if not self._missed:
            self._waiting.append(message)
        self._wake.set()

    def close(self, code: CloseCode, last: bytes = b"") -> None:
        """Send the queue and an optional last message, then close. Only the first call has an effect."""
        if self._closing is None:
            self._closing = code
            if last:
                self._waiting.append(last)
            self._wake.set()
            self._is_closing.set()

    @property
    def closing(self) -> CloseCode | None:
        """The code with which the server closes this connection, or None."""
        return self._closing

    async def talk(self, receive: Receive, hear: Callable[[FromClient], None]) -> None:
        """Read and write until either side closes the connection."""
        writing = asyncio.create_task(self._write())
        reading = asyncio.create_task(self._read_all(receive, hear))
        closing = asyncio.create_task(self._is_closing.wait())
        tasks = {writing, reading, closing}
        try:
            # The time limit counts from the call of `close`: a client that reads nothing blocks the writer for ever.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._closing is not None:
                await asyncio.wait({writing, reading}, timeout=self._goodbye_seconds)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in (writing, reading):
            _raise_unexpected(task)

    async def _read_all(self, receive: Receive, hear: Callable[[FromClient], None]) -> None:
        while True:
            event = await receive()
            if event["type"] != "websocket.receive":
                return
            # Messages after the decision to close are ignored, but must be read to see the client's close.
            if self._closing is None:
                try:
                    hear(self._read(event))
                except Refused as refused:
                    self.close(refused.code)

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            frame = self._take()
            if frame:
                await self._send({"type": "websocket.send", "bytes": frame, "text": None})
                SENT_BYTES.inc(len(frame))
            if self._closing is not None and not self._waiting:
                CLOSED.labels(self._closing.name.lower()).inc()
                await self._send({"type": "websocket.close", "code": self._closing, "reason": None})
                return

    def _read(self, event: WebSocketReceiveEvent) -> FromClient:
        now = monotonic()
        self._count(int(now))
        frame = event.get("bytes")
        if frame is None:
            raise Refused(CloseCode.MALFORMED)
        message = protocol.read(frame)
        self.heard_at = now
        return message

    def _take(self) -> bytes:
        if self._missed:
            self._missed = False
            SNAPSHOTS.labels("backlog").inc()
            last = self._waiting
            self._waiting = []
            return b"".join([*self._fresh(), *last])
        frame = b"".join(self._waiting)
        self._waiting.clear()
        return frame

    def _count(self, second: int) -> None:
        if second != self._second:
            self._second, self._in_this_second = second, 0
        self._in_this_second += 1
        RECEIVED.inc()
        if self._in_this_second > self._most_a_second:
            raise Refused(CloseCode.TOO_MANY)


def _raise_unexpected(task: asyncio.Task[None]) -> None:
    """Raise a task's error, except those of a client that has gone: most connections end that way."""
    with suppress(asyncio.CancelledError, *GONE):
        task.result()
