"""uvicorn's WebSocket protocol with three corrections: refusals with a body, a limit of incoming bytes, a quieter log.

uvicorn logs an error for each refusal with a body, has no limit of incoming bytes, and logs each handshake's query.
"""

import logging
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from asyncio.transports import BaseTransport

    from uvicorn._types import ASGISendEvent

MOST_BYTES_A_SECOND: Final = 4096
"""Most bytes a second from a client after its handshake request. Frames are read, and pings answered, before the
application sees them: a few MB of empty frames, from any visitor, block a process for seconds."""

FLOODS = Counter("websocket_floods", "WebSockets cut because more came than is read in a second")


_logger = logging.getLogger("uvicorn.websockets")
_logger.setLevel(logging.WARNING)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Completes the handshake of a refusal with a body, and aborts floods.

    uvicorn waits for the handshake in vain and logs an error. This part is unnecessary once
    https://github.com/Kludex/uvicorn/pull/3138 is released.
    """

    _second = 0
    _bytes_in_this_second = 0

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
