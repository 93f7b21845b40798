"""Sends friendships and blocks to other services, so that they need not ask for them.

After each change an outbox message carries the whole relationship of the two players, with an increasing version.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.friends import queries
from contracts.auth.friends import PairRelationship
from transcendence_common import outbox
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.ids import new_id
from transcendence_common.outages import DatabaseUnavailable
from transcendence_common.outbox import TemporaryFailure
from transcendence_common.player_events import PlayerRelationship

RECEIVERS = ("tournament",)
ALL_RELATIONSHIPS_TOPIC = "player-ties"
"""Outbox topic of the order to send all pairs, which migration 0010 creates."""
PAIRS_AT_ONCE = 500
BEFORE_FIRST_PAIR = (UUID(int=0), UUID(int=0))


def relationship_topic_of(service: str) -> str:
    """Return the outbox topic of the relationship events for one service."""
    return f"{ALL_RELATIONSHIPS_TOPIC}.{service}"


@asynccontextmanager
async def announcing_change(
    session: TimedSession, one: UUID, other: UUID
) -> AsyncGenerator[None, None]:
    """Put the relationship of two locked players into the outbox if the code inside the `with` block changes it."""
    low, high = sorted((one, other))
    before = await queries.relationship_between(session, low, high)
    yield
    after = await queries.relationship_between(session, low, high)
    if after != before:
        await _enqueue_event(session, low, high, after)


class AllRelationships:
    """Sends every existing relationship to the other services, for those that do not have the earlier events."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def send_all(self, _: bytes) -> None:
        """Put an event for each related pair into the outbox.

        Raises:
            TemporaryFailure: the database is unavailable. Events entered before are entered again by the next attempt.
        """
        last = BEFORE_FIRST_PAIR
        try:
            while pairs := await self._next_pairs(last):
                for low, high in pairs:
                    await self._send_pair(low, high)
                last = pairs[-1]
        except DatabaseUnavailable as error:
            raise TemporaryFailure(type(error).__name__) from None

    async def _next_pairs(self, after: tuple[UUID, UUID]) -> list[tuple[UUID, UUID]]:
        async with self._db.get_session() as session:
            return await queries.related_pairs(session, after, PAIRS_AT_ONCE)

    async def _send_pair(self, low: UUID, high: UUID) -> None:
        """Send one pair in its own transaction: holding the version's row while waiting for the next pair could
        deadlock."""
        async with session_at(self._db, self._clock()) as session:
            if await queries.lock_pair(session, low, high) == {low, high}:
                standing = await queries.relationship_between(session, low, high)
                await _enqueue_event(session, low, high, standing)


async def _enqueue_event(
    session: TimedSession, low: UUID, high: UUID, standing: PairRelationship
) -> None:
    event = PlayerRelationship(
        id=new_id(),
        type="player.tied",
        low_id=low,
        low_name=standing.low_name,
        high_id=high,
        high_name=standing.high_name,
        friends=standing.friends,
        low_blocks=standing.low_blocks,
        high_blocks=standing.high_blocks,
        version=await queries.next_version(session),
        at=session.now,
    )
    for service in RECEIVERS:
        await outbox.enqueue_message(
            session, relationship_topic_of(service), msgspec.json.encode(event)
        )
