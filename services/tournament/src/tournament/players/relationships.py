"""Friendships and blocks of players, as auth reported them last; no request to auth is made."""

from collections.abc import Collection
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.players import queries
from tournament.players.models import ErasedPlayer
from transcendence_common.erased_players import PlayerGone, lock_against_erasure
from transcendence_common.player_events import PlayerRelationship

logger = structlog.get_logger("tournament.relationships")


async def store_relationship(session: AsyncSession, event: PlayerRelationship) -> None:
    """Store a relationship, unless a newer one is known or one of the players has been erased."""
    try:
        for player_id in (event.low_id, event.high_id):
            await lock_against_erasure(session, ErasedPlayer, player_id)
    except PlayerGone:
        _log_relationship(event, "player_gone")
        return
    kept = await queries.store_if_newer(session, event)
    _log_relationship(event, "" if kept else "known")


async def are_friends(session: AsyncSession, one: UUID, other: UUID) -> bool:
    return await queries.are_friends(session, one, other)


async def may_meet(session: AsyncSession, one: UUID, other: UUID) -> bool:
    """Tell whether neither of two players blocks the other."""
    return not await queries.is_blocked(session, one, other)


async def blocked_pairs(
    session: AsyncSession, player_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Return the pairs among these players who must not meet, the lower id first in each."""
    return await queries.blocked_pairs(session, player_ids)


async def friends_of(session: AsyncSession, player_id: UUID) -> list[tuple[UUID, str]]:
    """Return a player's friends as (id, name), by name."""
    return await queries.friends_of(session, player_id)


def _log_relationship(event: PlayerRelationship, ignored: str) -> None:
    """Log that a relationship was reported, without its content, which is private."""
    logger.info(
        "players tied",
        **{
            "event.action": "players-tied",
            "event.category": ["api"],
            "event.type": ["change"],
            "event.outcome": "success",
            **({"event.reason": ignored} if ignored else {}),
            "labels.event_id": str(event.id),
            "related.user": [str(event.low_id), str(event.high_id)],
            "transcendence.version": event.version,
        },
    )
