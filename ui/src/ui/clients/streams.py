"""Clients of streamed answers: a player's events, which end with their token, and the export of their data."""

from typing import Final

import httpx

from transcendence_common.http_client import service_client
from ui.clients.backend import Backend

SILENCE_SECONDS: Final = 60.0
"""Seconds without data. An event stream has a comment every 15 s; before an export, auth asks other services."""


class StreamsClient(Backend):
    """Opens auth's streams. The caller closes each answer."""

    async def open_events(self, token: str) -> httpx.Response:
        return await self.open_stream("/api/user/events", token=token)

    async def open_export(self, token: str) -> httpx.Response:
        return await self.open_stream("/api/user/export", token=token)


class GameStreamsClient(Backend):
    """Opens tournament's streams. The caller closes each answer."""

    async def open_events(self, token: str) -> httpx.Response:
        return await self.open_stream("/api/tournament/events", token=token)


def make_streams_client(url: str) -> httpx.AsyncClient:
    """Return a separate client for streams, because each open page occupies a connection."""
    return service_client(url, silence_seconds=SILENCE_SECONDS, max_connections=None)
