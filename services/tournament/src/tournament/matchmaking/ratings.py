"""How strong somebody is, as history says; a newcomer where it does not answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import httpx
import msgspec
import structlog
from litestar import Litestar

from transcendence_common.http_client import service_client

SECONDS = 1.0
"""Somebody has pressed a button and waits."""
PROVISIONAL_ABOVE = 110.0
"""Of the deviation, as history has it."""

logger = structlog.get_logger("tournament.ratings")


class Rating(msgspec.Struct, frozen=True):
    """A rating, and how far off it may be."""

    rating: Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]
    deviation: Annotated[float, msgspec.Meta(ge=0, le=1_000)]


NEWCOMER = Rating(1500, 350)


class Ratings:
    """Asks history."""

    def __init__(self, history_url: str) -> None:
        self._client = service_client(history_url, silence_seconds=SECONDS)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Close the connections when the application stops."""
        async with self._client:
            yield

    async def of(self, player_id: UUID) -> Rating:
        """Return somebody's rating: a queue that stands still with history would be worse than a wrong guess."""
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._client.get(f"/api/history/players/{player_id}/rating")
            return msgspec.json.decode(answer.raise_for_status().content, type=Rating)
        except (httpx.HTTPError, TimeoutError, msgspec.MsgspecError) as error:
            _log_unknown(player_id, error)
            return NEWCOMER


def _log_unknown(player_id: UUID, error: Exception) -> None:
    logger.warning(
        "rating unknown",
        **{
            "event.action": "rating-unknown",
            "event.category": ["api"],
            "event.type": ["access"],
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "user.id": str(player_id),
        },
    )
