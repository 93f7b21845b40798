"""The queue of players who take any opponent."""

from datetime import datetime, timedelta
from math import isinf
from typing import Literal
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.matchmaking import MatchWish, QueuePlace
from tournament.history import PROVISIONAL_ABOVE, HistoryClient, Rating
from tournament.live.creation import unfinished_match_of
from tournament.matchmaking import queue_queries as queries
from tournament.matchmaking.errors import StillPlaying
from tournament.matchmaking.matching import rating_reach
from tournament.matchmaking.models import QueueEntry
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from transcendence_common.database import TimedSession, session_at
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.signals import notify

PLACE_LIFETIME = timedelta(seconds=20)
"""Lifetime of a place: three failed prolongations, or a page without a script that reloads every 10 s."""

logger = structlog.get_logger("tournament.queue")


class Queue:
    """Adds players to the queue.

    Reads before the call to history use a connection of their own, so none is held meanwhile.
    """

    def __init__(self, db: SQLAlchemyAsyncConfig, history: HistoryClient) -> None:
        self._db = db
        self._history = history

    async def join(self, session: TimedSession, player: Player, wish: MatchWish) -> QueuePlace:
        """Join the queue, or change the wanted match.

        Raises:
            StillPlaying: the player has a seat in a match.
            PlayerGone: the player has been erased.
        """
        rating = await self._rating_in_queue(
            player.id, session.now
        ) or await self._history.rating_of(player.id)
        await lock_against_erasure(session, ErasedPlayer, player.id)
        entry = await queries.store_entry(
            session, player, wish, rating, until=session.now + PLACE_LIFETIME
        )
        # Checked after `store_entry`, which waits for a pairing that holds the place.
        match_id = await unfinished_match_of(session, player.id)
        if match_id is not None:
            raise StillPlaying(match_id)
        await notify(session, [player_channel(player.id)])
        _log_queue_change("queue-joined", player.id, wish)
        return _to_schema(entry, session.now)

    async def _rating_in_queue(self, player_id: UUID, now: datetime) -> Rating | None:
        async with session_at(self._db, now) as session:
            entry = await queries.find_waiting_entry(session, player_id)
        return None if entry is None else Rating(entry.rating, entry.deviation)


async def prolong_queue_place(session: TimedSession, player_id: UUID) -> QueuePlace | None:
    """Return a player's place, if any, and prolong it: the request shows that they are here."""
    entry = await queries.find_waiting_entry(session, player_id)
    if entry is None:
        return None
    await queries.prolong_places(session, [player_id], session.now + PLACE_LIFETIME)
    return _to_schema(entry, session.now)


async def leave_queue(session: AsyncSession, player_id: UUID) -> None:
    """Remove a player from the queue, if they are in it."""
    if await queries.delete_places(session, [player_id]):
        await notify(session, [player_channel(player_id)])
        _log_queue_change("queue-left", player_id)


def _to_schema(entry: QueueEntry, now: datetime) -> QueuePlace:
    reach = rating_reach(entry.deviation, (now - entry.joined_at).total_seconds())
    return QueuePlace(
        state="waiting",
        points=entry.points,
        rated=entry.rated,
        rating=entry.rating,
        deviation=entry.deviation,
        provisional=entry.deviation > PROVISIONAL_ABOVE,
        since=entry.joined_at,
        reach=None if isinf(reach) else reach,
    )


def _log_queue_change(
    action: Literal["queue-joined", "queue-left"], player_id: UUID, wish: MatchWish | None = None
) -> None:
    logger.info(
        action.replace("-", " "),
        **{
            "event.action": action,
            "event.category": ["api"],
            "event.type": ["change"],
            "event.outcome": "success",
            "user.id": str(player_id),
            **(_wish_fields(wish) if wish else {}),
        },
    )


def _wish_fields(wish: MatchWish) -> dict[str, object]:
    return {
        "labels.rated": "true" if wish.rated else "false",
        "transcendence.points": wish.points,
    }
