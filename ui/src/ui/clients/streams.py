"""What is answered bit by bit: the events of a player, which end with their token, and everything kept about them."""

from typing import Final

import httpx

from transcendence_common.http_client import service_client
from ui.clients.backend import Backend

SILENCE_SECONDS: Final = 60.0
"""Of events there comes a comment every 15 s; an export has auth ask other services first."""


class StreamsClient(Backend):
    """Whoever opens an answer closes it."""

    async def events(self, token: str) -> httpx.Response:
        return await self.open("/api/user/events", token=token)

    async def export(self, token: str) -> httpx.Response:
        return await self.open("/api/user/export", token=token)


class GameStreamsClient(Backend):
    """Whoever opens an answer closes it."""

    async def events(self, token: str) -> httpx.Response:
        return await self.open("/api/tournament/events", token=token)


def streams_client(url: str) -> httpx.AsyncClient:
    """A client of its own: a connection stays taken for as long as somebody is there."""
    return service_client(url, silence_seconds=SILENCE_SECONDS, max_connections=None)
