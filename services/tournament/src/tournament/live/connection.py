"""One open socket: what is to be sent waits here, never in the match."""

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
"""Messages; some five seconds of the liveliest play. Who is farther behind is better served by a snapshot."""
MOST_A_SECOND: Final = 120
"""Twice as many as there are ticks."""
MOST_OF_SPECTATORS: Final = 40
"""A second. They only answer beats; anybody may be one, two hundred to a match."""
SILENT_SECONDS: Final = 6.0
"""Who answers no beat for so long is gone, or reads nothing: a cut network says no goodbye."""
GOODBYE_SECONDS: Final = 5.0
"""For what waits and the close to leave. Who reads nothing would hold the socket for ever."""

GONE = (WebSocketDisconnect, ClientDisconnected, OSError)


class Connection:
    """A player's or spectator's socket."""

    def __init__(
        self,
        send: Send,
        fresh: Callable[[], list[bytes]],
        *,
        most_a_second: int = MOST_A_SECOND,
        goodbye_seconds: float = GOODBYE_SECONDS,
    ) -> None:
        """`fresh` returns what somebody has to know who missed everything."""
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
        """Send soon. It never waits: a reader who is too far behind gets a snapshot in place of the backlog."""
        if self._closing is not None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self._missed = True
        if not self._missed:
            self._waiting.append(message)
        self._wake.set()

    def close(self, code: CloseCode, last: bytes = b"") -> None:
        """Send what waits and a last message, then close. The first one to say so decides."""
        if self._closing is None:
            self._closing = code
            if last:
                self._waiting.append(last)
            self._wake.set()
            self._is_closing.set()

    @property
    def closing(self) -> CloseCode | None:
        """Why it is closed from here, if it is."""
        return self._closing

    async def talk(self, receive: Receive, hear: Callable[[FromClient], None]) -> None:
        """Read and write until either side ends it."""
        writing = asyncio.create_task(self._write())
        reading = asyncio.create_task(self._read_all(receive, hear))
        closing = asyncio.create_task(self._is_closing.wait())
        tasks = {writing, reading, closing}
        try:
            # The close counts from when it was decided: a writer whose reader reads nothing would never come to it.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._closing is not None:
                await asyncio.wait({writing, reading}, timeout=self._goodbye_seconds)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in (writing, reading):
            _raise_what_nobody_expected(task)

    async def _read_all(self, receive: Receive, hear: Callable[[FromClient], None]) -> None:
        while True:
            event = await receive()
            if event["type"] != "websocket.receive":
                return
            # What comes after the close was decided is of no interest, but must be read to see the other side close.
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


def _raise_what_nobody_expected(task: asyncio.Task[None]) -> None:
    """That the other side has gone is how most conversations end."""
    with suppress(asyncio.CancelledError, *GONE):
        task.result()
