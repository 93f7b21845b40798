"""Counts attempts before they are made, so that fifty at once are fifty attempts and not one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import delete, select

from auth.throttling import counting
from auth.throttling.errors import TooManyAttempts
from auth.throttling.limits import Limit
from auth.throttling.models import Throttle
from transcendence_common.database import TimedSession, session_at

FORGOTTEN_AFTER = timedelta(days=2)
DELETED_AT_ONCE = 5_000


class Throttles:
    """Attempts of all replicas, counted in the database; each call is a transaction of its own."""

    def __init__(self, db: SQLAlchemyAsyncConfig) -> None:
        self._db = db

    async def attempt(self, now: datetime, *limits: Limit) -> None:
        """Count an attempt against each limit; the caller may go on.

        Raises:
            TooManyAttempts: one of them is closed; then none of them has counted it.
        """
        async with session_at(self._db, now) as session:
            await attempt_in(session, *limits)

    async def forget(self, *limits: Limit) -> None:
        """Begin to count anew: the attempt succeeded."""
        async with self._db.get_session() as session, session.begin():
            for limit in _in_one_order(limits):
                await counting.forget(session, limit)

    async def take_back(self, now: datetime, *limits: Limit) -> None:
        """Count one attempt less, the one of that time: it succeeded, and says nothing about the others that share
        the limit."""
        async with session_at(self._db, now) as session:
            for limit in _in_one_order(limits):
                await counting.count_back(session, limit)

    async def forget_old(self, now: datetime) -> None:
        """Delete what no limit remembers any more."""
        deleted = DELETED_AT_ONCE
        while deleted == DELETED_AT_ONCE:
            old = select(Throttle.key).where(Throttle.last_at < now - FORGOTTEN_AFTER)
            async with session_at(self._db, now) as session:
                found = await session.scalars(
                    delete(Throttle)
                    .where(
                        Throttle.key.in_(
                            old.limit(DELETED_AT_ONCE).with_for_update(skip_locked=True)
                        )
                    )
                    .returning(Throttle.key)
                )
                deleted = len(found.all())


async def attempt_in(session: TimedSession, *limits: Limit) -> None:
    """Count an attempt as `Throttles.attempt` does, in a transaction that the caller rolls back when it raises."""
    ordered = _in_one_order(limits)
    for counted, limit in enumerate(ordered):
        if not await counting.count(session, limit):
            # Those before it were open; what this attempt did to them is not their wait.
            raise TooManyAttempts(await counting.wait_of(session, ordered[counted:]))


async def succeed_in(session: TimedSession, *, forget: Limit, take_back: Sequence[Limit]) -> None:
    """Forget a limit and take the attempt of that time back from others, in the transaction that it succeeds in."""
    for limit in _in_one_order([forget, *take_back]):
        if limit == forget:
            await counting.forget(session, limit)
        else:
            await counting.count_back(session, limit)


def _in_one_order(limits: Iterable[Limit]) -> list[Limit]:
    """Or two requests would wait for each other."""
    return sorted(limits, key=lambda limit: limit.key)
