"""Tells other services who is whose friend and who wants nothing of whom, so that they need not ask.

They are told through the outbox: all that two people are to each other, after each change, with a version that rises.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.friends import queries
from contracts.auth.friends import Standing
from transcendence_common import outbox
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.ids import new_id
from transcendence_common.outages import DatabaseAway
from transcendence_common.outbox import NotNow
from transcendence_common.player_events import PlayerRelationship

RECEIVERS = ("tournament",)
EVERYBODY = "player-ties"
"""The outbox's topic of the order to tell of all pairs, which migration 0010 gives."""
PAIRS_AT_ONCE = 500
NO_PAIR = (UUID(int=0), UUID(int=0))


def topic_of(service: str) -> str:
    """Return the outbox's topic of what one service is told about pairs."""
    return f"{EVERYBODY}.{service}"


@asynccontextmanager
async def announcing_change(
    session: TimedSession, one: UUID, other: UUID
) -> AsyncGenerator[None, None]:
    """Tell of two people, who are locked, where what happens inside changes what they are to each other."""
    low, high = sorted((one, other))
    before = await queries.standing_of(session, low, high)
    yield
    after = await queries.standing_of(session, low, high)
    if after != before:
        await _tell(session, low, high, after)


class AllRelationships:
    """Tells of all pairs that there are, for services that have not been told from the beginning."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def tell(self, _: bytes) -> None:
        """Enter an event for each pair.

        Raises:
            NotNow: the database is away. Whatever was entered by then is entered again.
        """
        last = NO_PAIR
        try:
            while pairs := await self._some(last):
                for low, high in pairs:
                    await self._tell_of(low, high)
                last = pairs[-1]
        except DatabaseAway as error:
            raise NotNow(type(error).__name__) from None

    async def _some(self, after: tuple[UUID, UUID]) -> list[tuple[UUID, UUID]]:
        async with self._db.get_session() as session:
            return await queries.some_tied_pairs(session, after, PAIRS_AT_ONCE)

    async def _tell_of(self, low: UUID, high: UUID) -> None:
        """In a transaction of its own: who has the next version and waits for the next pair might wait for ever."""
        async with session_at(self._db, self._clock()) as session:
            if await queries.lock_pair(session, low, high) == {low, high}:
                standing = await queries.standing_of(session, low, high)
                await _tell(session, low, high, standing)


async def _tell(session: TimedSession, low: UUID, high: UUID, standing: Standing) -> None:
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
        await outbox.put(session, topic_of(service), msgspec.json.encode(event))
