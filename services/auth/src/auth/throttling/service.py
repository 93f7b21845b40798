"""Counts attempts before they are made, so that fifty parallel attempts count as fifty."""

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
    """Attempts of all replicas, counted in the database. Each call is a transaction of its own."""

    def __init__(self, db: SQLAlchemyAsyncConfig) -> None:
        self._db = db

    async def count_attempt(self, now: datetime, *limits: Limit) -> None:
        """Count an attempt against each limit; raise unless all are open.

        Raises:
            TooManyAttempts: one limit is closed; then none has counted the attempt.
        """
        async with session_at(self._db, now) as session:
            await count_attempt_in(session, *limits)

    async def reset_counts(self, *limits: Limit) -> None:
        """Reset the limits' counts, because the attempt succeeded."""
        async with self._db.get_session() as session, session.begin():
            for limit in _in_one_order(limits):
                await counting.reset_count(session, limit)

    async def subtract_attempt(self, now: datetime, *limits: Limit) -> None:
        """Subtract an attempt made at `now` from each limit, because it succeeded or was not checked. Other attempts
        that share the limits still count."""
        async with session_at(self._db, now) as session:
            for limit in _in_one_order(limits):
                await counting.subtract_attempt(session, limit)

    async def delete_old_counts(self, now: datetime) -> None:
        """Delete counts that no limit uses any more."""
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


async def count_attempt_in(session: TimedSession, *limits: Limit) -> None:
    """Count an attempt as `Throttles.count_attempt` does, in a transaction that the caller rolls back if it raises."""
    ordered = _in_one_order(limits)
    for counted, limit in enumerate(ordered):
        if not await counting.count_attempt(session, limit):
            # The limits before it were open; the wait that this attempt caused there does not count.
            raise TooManyAttempts(await counting.wait_until_open(session, ordered[counted:]))


async def count_success_in(
    session: TimedSession, *, forget: Limit, take_back: Sequence[Limit]
) -> None:
    """Reset the limit `forget`, and subtract the attempt from the limits `take_back`, in the transaction of a
    successful attempt."""
    for limit in _in_one_order([forget, *take_back]):
        if limit == forget:
            await counting.reset_count(session, limit)
        else:
            await counting.subtract_attempt(session, limit)


def _in_one_order(limits: Iterable[Limit]) -> list[Limit]:
    """Sort limits, so that two requests lock their rows in the same order and cannot deadlock."""
    return sorted(limits, key=lambda limit: limit.key)
