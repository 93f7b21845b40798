"""How strong those are who are about to play, as history says; where it does not answer, nobody is any other."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

import httpx
import msgspec
import structlog

from tournament.matchmaking.ratings import Rating
from transcendence_common.service_identity import INTERNAL_PATH
from transcendence_common.service_token_source import NoServiceToken, ServiceTokenSource

RECEIVER: Final = "history"
SECONDS: Final = 2.0
"""An organiser has pressed a button and waits; the ratings from the entries are nearly as good."""

logger = structlog.get_logger("tournament.ratings")


class Rated(Rating, frozen=True):
    """A player's rating."""

    player_id: UUID


class RatingsFound(msgspec.Struct, frozen=True):
    """Of those who have one."""

    items: list[Rated]


class RatingDesk:
    """Asks history for the ratings of a whole tournament at once."""

    def __init__(self, history: httpx.AsyncClient, tokens: ServiceTokenSource) -> None:
        self._history = history
        self._tokens = tokens

    async def of(self, player_ids: Collection[UUID]) -> Mapping[UUID, Rating]:
        """Return the ratings of those who have one; of nobody, where history does not answer."""
        if not player_ids:
            return {}
        try:
            async with asyncio.timeout(SECONDS):
                return await self._ask(player_ids)
        except (httpx.HTTPError, NoServiceToken, TimeoutError, msgspec.MsgspecError) as error:
            _log_unknown(len(player_ids), error)
            return {}

    async def _ask(self, player_ids: Collection[UUID]) -> Mapping[UUID, Rating]:
        token = await self._tokens.token(RECEIVER)
        answer = await self._history.post(
            f"{INTERNAL_PATH}/ratings",
            content=msgspec.json.encode({"player_ids": list(player_ids)}),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        found = msgspec.json.decode(answer.raise_for_status().content, type=RatingsFound)
        return {each.player_id: each for each in found.items}


def _log_unknown(players: int, error: Exception) -> None:
    logger.warning(
        "ratings unknown",
        **{
            "event.action": "ratings-unknown",
            "event.category": ["api"],
            "event.type": ["access"],
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "transcendence.players": players,
        },
    )
