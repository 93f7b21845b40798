"""uvicorn's WebSocket protocol with three corrections: refusals with a body, a limit of incoming bytes, a quieter log.

uvicorn logs an error for each refusal with a body, has no limit of incoming bytes, and logs each handshake's query.

It also offers `Frames`, for handlers with many small messages.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from prometheus_client import Counter
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from asyncio.transports import BaseTransport

    from uvicorn._types import ASGISendEvent
    from websockets.frames import Frame
    from websockets.http11 import Request

MOST_BYTES_A_SECOND: Final = 4096
"""Most bytes a second from a client after its handshake request. Frames are read, and pings answered, before the
application sees them: a few MB of empty frames, from any visitor, block a process for seconds."""

BINARY_FRAME: Final = 0x82
LONGEST_SHORT_FRAME: Final = 125
"""Most bytes of a frame whose length fits into its second byte."""

_FRAMES_EXTENSION: Final = "transcendence.frames"

FLOODS = Counter("websocket_floods", "WebSockets cut because more came than is read in a second")


_logger = logging.getLogger("uvicorn.websockets")
_logger.setLevel(logging.WARNING)


class Frames(Protocol):
    """Writes and reads the binary frames of an accepted WebSocket without the layers of the application.

    Passing a message through these layers, with a task that waits for it, costs four times as much as handling it.
    """

    def write_frame(self, payload: bytes) -> bool:
        """Write a frame and return True; return False if it has to wait for the client, or if the socket is closed."""
        ...

    def read_frames(self, handler: Callable[[bytes], None]) -> None:
        """From now on, pass each message that comes in a single binary frame to `handler`.

        All other messages, and the disconnection, still come from ASGI's `receive`.
        """
        ...


def frames_of(scope: Mapping[str, Any]) -> Frames | None:
    """Return the frames of a WebSocket, or None where another server serves it."""
    return cast("Frames | None", (scope.get("extensions") or {}).get(_FRAMES_EXTENSION))


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Completes the handshake of a refusal with a body, and aborts floods.

    uvicorn waits for the handshake in vain and logs an error. This part is unnecessary once
    https://github.com/Kludex/uvicorn/pull/3138 is released.
    """

    _second = 0
    _bytes_in_this_second = 0
    _frame_handler: Callable[[bytes], None] | None = None

    def connection_made(self, transport: "BaseTransport") -> None:
        """Begin, with a logger for warnings only: the gateway logs each handshake, without its query."""
        super().connection_made(transport)
        self.logger = _logger

    def data_received(self, data: bytes) -> None:
        """Read the data, or abort the connection if the client has sent too much."""
        if self.handshake_initiated and self._exceeds_limit(len(data)):
            FLOODS.inc()
            self.transport.abort()
            return
        super().data_received(data)

    def handle_connect(self, event: "Request") -> None:
        """Begin the handshake; the application finds the frames in the scope."""
        super().handle_connect(event)
        if not self.close_sent:
            extensions = cast("dict[str, Any]", self.scope["extensions"])
            extensions[_FRAMES_EXTENSION] = self

    def handle_bytes(self, event: "Frame") -> None:
        """Handle a frame that is a whole message, or the first of several."""
        if self._frame_handler is None or not event.fin or self.close_sent:
            super().handle_bytes(event)
        else:
            self._frame_handler(bytes(event.data))

    def read_frames(self, handler: Callable[[bytes], None]) -> None:
        """Pass each message in a single binary frame to `handler`. It must not wait, so reading is never paused."""
        self._frame_handler = handler

    def write_frame(self, payload: bytes) -> bool:
        """Write a frame, unless the client reads too slowly or the socket is closed."""
        if (
            not self.writable.is_set()
            or self.close_sent
            or self.disconnected
            or self.transport.is_closing()
        ):
            return False
        length = len(payload)
        if length <= LONGEST_SHORT_FRAME:
            self.transport.write(bytes((BINARY_FRAME, length)) + payload)
        else:
            self.conn.send_binary(payload)
            self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    async def send(self, message: "ASGISendEvent") -> None:
        """Send a message of the application."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def _exceeds_limit(self, came: int) -> bool:
        second = int(self.loop.time())
        if second != self._second:
            self._second, self._bytes_in_this_second = second, 0
        self._bytes_in_this_second += came
        return self._bytes_in_this_second > MOST_BYTES_A_SECOND
