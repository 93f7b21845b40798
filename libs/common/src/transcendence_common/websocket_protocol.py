"""uvicorn's WebSockets, without its faults: an error for each one that is refused in words, no limit to a flood, and
a line for each handshake with its query.
"""

import logging
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from asyncio.transports import BaseTransport

    from uvicorn._types import ASGISendEvent

MOST_BYTES_A_SECOND: Final = 4096
"""Of one client, once it has asked for its socket. What comes is read whole before the application hears of it, and
answered where it is a ping: some megabytes of empty frames, from anybody, stop a process for seconds."""

FLOODS = Counter("websocket_floods", "WebSockets cut because more came than is read in a second")


_logger = logging.getLogger("uvicorn.websockets")
_logger.setLevel(logging.WARNING)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Ends the handshake with a refusal too, where uvicorn waits for it in vain and then complains; and ends floods.

    The first is not needed any more once https://github.com/Kludex/uvicorn/pull/3138 is in.
    """

    _second = 0
    _bytes_in_this_second = 0

    def connection_made(self, transport: "BaseTransport") -> None:
        """Begin, and say what is wrong only: who came from where is in the gateway's log, without what they asked."""
        super().connection_made(transport)
        self.logger = _logger

    def data_received(self, data: bytes) -> None:
        """Read what came, unless it is too much: then nothing of it is, and nothing more."""
        if self.handshake_initiated and self._is_too_much(len(data)):
            FLOODS.inc()
            self.transport.abort()
            return
        super().data_received(data)

    async def send(self, message: "ASGISendEvent") -> None:
        """Pass a message of the application on."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def _is_too_much(self, came: int) -> bool:
        second = int(self.loop.time())
        if second != self._second:
            self._second, self._bytes_in_this_second = second, 0
        self._bytes_in_this_second += came
        return self._bytes_in_this_second > MOST_BYTES_A_SECOND
