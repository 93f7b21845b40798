"""One open WebSocket with its send queue: a slow client fills this queue and never delays the match."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from litestar.exceptions import WebSocketDisconnect
from litestar.types import Receive, Send
from uvicorn.protocols.utils import ClientDisconnected

from tournament.live import protocol
from tournament.live.metrics import CONNECTIONS_CLOSED, MESSAGES_RECEIVED, SENT_BYTES, SNAPSHOTS
from tournament.live.protocol import ClientMessage, CloseCode, MessageRefused
from transcendence_common.websocket_protocol import Frames

MOST_QUEUED_MESSAGES: Final = 64
"""Most messages queued for one client, about 5 s of the liveliest play. A client farther behind gets a snapshot."""
MOST_PLAYER_MESSAGES_A_SECOND: Final = 120
"""Most messages a player may send per second: twice the tick rate."""
MOST_SPECTATOR_MESSAGES_A_SECOND: Final = 40
"""Most messages a spectator may send per second. Spectators only answer beats; a match may have 200 of them."""
SILENCE_LIMIT_SECONDS: Final = 6.0
"""Seconds without an answer to a beat before a client counts as gone: a cut network sends no close frame."""
CLOSE_TIMEOUT_SECONDS: Final = 5.0
"""Seconds allowed for sending the queue and the close frame. A client may read nothing for ever."""

CLIENT_GONE_ERRORS = (WebSocketDisconnect, ClientDisconnected, OSError)


class Connection:
    """The socket of a player or spectator."""

    def __init__(
        self,
        send: Send,
        fresh: Callable[[], list[bytes]],
        *,
        frames: Frames | None = None,
        most_messages_a_second: int = MOST_PLAYER_MESSAGES_A_SECOND,
        close_timeout_seconds: float = CLOSE_TIMEOUT_SECONDS,
    ) -> None:
        """Wrap an accepted socket; `fresh` returns the messages that bring a client up to date after it missed some.

        With `frames`, messages are written and read there; `send` then only sends what had to wait.
        """
        self._send = send
        self._frames = frames
        self._fresh = fresh
        self._most_a_second = most_messages_a_second
        self._goodbye_seconds = close_timeout_seconds
        self._queued: list[bytes] = []
        self._missed_messages = False
        self._sends = False
        """Whether a frame is under way through `send`, which no later one may overtake."""
        self._wake = asyncio.Event()
        self._closing: CloseCode | None = None
        self._is_closing = asyncio.Event()
        self._second = 0
        self._in_this_second = 0
        self._received_messages = 0
        self._sent_bytes = 0
        self.last_heard_at = monotonic()

    def queue_message(self, message: bytes) -> None:
        """Queue a message without waiting. A client that is too far behind gets a snapshot instead of the backlog."""
        if self._closing is not None or self._write_at_once(message):
            return
        if len(self._queued) >= MOST_QUEUED_MESSAGES:
            self._queued.clear()
            self._missed_messages = True
        if not self._missed_messages:
            self._queued.append(message)
        self._wake.set()

    def close(self, code: CloseCode, last: bytes = b"") -> None:
        """Send the queue and an optional last message, then close. Only the first call has an effect."""
        if self._closing is None:
            self._closing = code
            if last:
                self._queued.append(last)
            self._wake.set()
            self._is_closing.set()

    @property
    def close_code(self) -> CloseCode | None:
        """The code with which the server closes this connection, or None."""
        return self._closing

    def count_traffic(self) -> None:
        """Add what came and was sent since the last call to the metrics, which at each message would cost too much."""
        MESSAGES_RECEIVED.inc(self._received_messages)
        SENT_BYTES.inc(self._sent_bytes)
        self._received_messages = self._sent_bytes = 0

    async def serve(
        self, receive: Receive, handle_message: Callable[[ClientMessage], None]
    ) -> None:
        """Send the queue, and pass each message of the client to `handle_message`, until either side closes."""
        failing = asyncio.get_running_loop().create_future()

        def handle_frame(frame: bytes) -> None:
            try:
                self._receive_frame(frame, handle_message)
            except Exception as error:  # noqa: BLE001 - raised by this method, as those of the reading task
                if not failing.done():
                    failing.set_exception(error)

        if self._frames is not None:
            self._frames.read_frames(handle_frame)
        writing = asyncio.create_task(self._send_messages())
        reading = asyncio.create_task(self._receive_messages(receive, handle_message))
        closing = asyncio.create_task(self._is_closing.wait())
        tasks = {writing, reading, closing, failing}
        try:
            # The time limit counts from the call of `close`: a client that reads nothing blocks the writer for ever.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._closing is not None:
                await asyncio.wait({writing, reading}, timeout=self._goodbye_seconds)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self.count_traffic()
        for task in (writing, reading, failing):
            _raise_unexpected(task)

    async def _receive_messages(
        self, receive: Receive, handle_message: Callable[[ClientMessage], None]
    ) -> None:
        while True:
            event = await receive()
            if event["type"] != "websocket.receive":
                return
            self._receive_frame(event.get("bytes"), handle_message)

    def _receive_frame(
        self, frame: bytes | None, handle_message: Callable[[ClientMessage], None]
    ) -> None:
        # Messages after the decision to close are ignored, but must be read to see the client's close.
        if self._closing is None:
            try:
                handle_message(self._decode_frame(frame))
            except MessageRefused as refused:
                self.close(refused.code)

    async def _send_messages(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            frame = self._next_frame()
            if frame:
                self._sends = True
                await self._send({"type": "websocket.send", "bytes": frame, "text": None})
                self._sends = False
                self._sent_bytes += len(frame)
            if self._closing is not None and not self._queued:
                CONNECTIONS_CLOSED.labels(self._closing.name.lower()).inc()
                await self._send({"type": "websocket.close", "code": self._closing, "reason": None})
                return

    def _write_at_once(self, message: bytes) -> bool:
        """Write a message without the queue, if there is nothing in front of it and the client reads."""
        waits = self._sends or self._missed_messages or self._queued
        if self._frames is None or waits or not self._frames.write_frame(message):
            return False
        self._sent_bytes += len(message)
        return True

    def _decode_frame(self, frame: bytes | None) -> ClientMessage:
        now = monotonic()
        self._check_rate(int(now))
        if frame is None:
            raise MessageRefused(CloseCode.MALFORMED)
        message = protocol.decode_client_message(frame)
        self.last_heard_at = now
        return message

    def _next_frame(self) -> bytes:
        if self._missed_messages:
            self._missed_messages = False
            SNAPSHOTS.labels("backlog").inc()
            last = self._queued
            self._queued = []
            return b"".join([*self._fresh(), *last])
        frame = b"".join(self._queued)
        self._queued.clear()
        return frame

    def _check_rate(self, second: int) -> None:
        if second != self._second:
            self._second, self._in_this_second = second, 0
        self._in_this_second += 1
        self._received_messages += 1
        if self._in_this_second > self._most_a_second:
            raise MessageRefused(CloseCode.TOO_MANY)


def _raise_unexpected(task: asyncio.Future[None]) -> None:
    """Raise a task's error, except those of a client that has gone: most connections end that way."""
    with suppress(asyncio.CancelledError, *CLIENT_GONE_ERRORS):
        task.result()
