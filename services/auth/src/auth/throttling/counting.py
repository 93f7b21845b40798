"""The statements that count attempts. The row decides, whoever else counts at the same time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Interval, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.throttling.limits import MOST_DOUBLINGS, Limit
from auth.throttling.models import Throttle

OPEN = datetime.fromtimestamp(0, UTC)
"""`closed_until` of what is open. Not the attempt's own time: requests do not reach the database in the order in which
they looked at their clocks, and the earlier one would find the limit closed for a moment more."""


async def count(session: AsyncSession, limit: Limit, now: datetime) -> bool:
    """Count an attempt in the caller's transaction; tell whether the limit was open."""
    attempts = case(
        (Throttle.last_at < now - limit.memory, literal(1)), else_=Throttle.attempts + 1
    )
    doublings = func.least(attempts - limit.free - 1, MOST_DOUBLINGS)
    seconds = func.least(
        limit.first.total_seconds() * func.power(2.0, doublings), limit.longest.total_seconds()
    )
    wait = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    statement = (
        insert(Throttle)
        .values(
            key=limit.key, attempts=1, last_at=now, closed_until=_closed_after_first(limit, now)
        )
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "attempts": attempts,
                "last_at": now,
                "closed_until": case((attempts <= limit.free, OPEN), else_=literal(now) + wait),
            },
            where=Throttle.closed_until <= now,
        )
        .returning(Throttle.key)
    )
    return await session.scalar(statement) is not None


async def wait_of(session: AsyncSession, limits: Sequence[Limit], now: datetime) -> timedelta:
    """Return how long until all of these are open."""
    keys = [limit.key for limit in limits]
    latest = await session.scalar(
        select(func.max(Throttle.closed_until)).where(Throttle.key.in_(keys))
    )
    return max(latest - now, timedelta(0)) if latest else timedelta(0)


async def count_back(session: AsyncSession, limit: Limit, now: datetime) -> None:
    """Uncount the attempt of that time. What it closed opens, unless somebody has tried since: then that counts."""
    await session.execute(
        update(Throttle)
        .where(Throttle.key == limit.key, Throttle.attempts > 0)
        .values(
            attempts=Throttle.attempts - 1,
            closed_until=case((Throttle.last_at == now, OPEN), else_=Throttle.closed_until),
        )
    )


async def forget(session: AsyncSession, limit: Limit) -> None:
    await session.execute(delete(Throttle).where(Throttle.key == limit.key))


def _closed_after_first(limit: Limit, now: datetime) -> datetime:
    wait = limit.wait_after(1)
    return now + wait if wait else OPEN
