"""uvicorn's WebSockets, without the error that it logs for each one that an application refuses in words."""

from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Ends the handshake with a refusal too, where uvicorn waits for it in vain and then complains.

    Not needed any more once https://github.com/Kludex/uvicorn/pull/3138 is in.
    """

    async def send(self, message: "ASGISendEvent") -> None:
        """Pass a message of the application on."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True
