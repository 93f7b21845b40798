"""The statements that count attempts. The row's lock orders parallel attempts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    DateTime,
    Double,
    Integer,
    Interval,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from auth.throttling.limits import MOST_DOUBLINGS, Limit
from auth.throttling.models import Throttle
from transcendence_common.database import TimedSession

ALWAYS_OPEN = datetime.fromtimestamp(0, UTC)
"""`closed_until` of an open limit. The attempt's own time is not used, because requests reach the database in another
order than their clock readings, and an earlier one would briefly find the limit closed."""


def _counting_statement() -> ReturningInsert[tuple[bytes]]:
    now = bindparam("now", type_=DateTime(timezone=True))
    free = bindparam("free", type_=Integer)
    attempts = case(
        (Throttle.last_at < bindparam("forgotten", type_=DateTime(timezone=True)), literal(1)),
        else_=Throttle.attempts + 1,
    )
    doublings = func.least(attempts - free - 1, MOST_DOUBLINGS)
    seconds = func.least(
        bindparam("first", type_=Double) * func.power(2.0, doublings),
        bindparam("longest", type_=Double),
    )
    wait = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    return (
        insert(Throttle)
        .values(key=bindparam("key"), attempts=1, last_at=now, closed_until=bindparam("closed"))
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "attempts": attempts,
                "last_at": now,
                "closed_until": case((attempts <= free, ALWAYS_OPEN), else_=now + wait),
            },
            where=Throttle.closed_until <= now,
        )
        .returning(Throttle.key)
    )


# Built once, because each sign-in counts against three limits.
_COUNT_STATEMENT = _counting_statement()


async def count_attempt(session: TimedSession, limit: Limit) -> bool:
    """Count an attempt in the caller's transaction; tell whether the limit was open."""
    wait = limit.wait_after(1)
    values = {
        "key": limit.key,
        "now": session.now,
        "forgotten": session.now - limit.memory,
        "free": limit.free,
        "first": limit.first.total_seconds(),
        "longest": limit.longest.total_seconds(),
        "closed": session.now + wait if wait else ALWAYS_OPEN,
    }
    return await session.scalar(_COUNT_STATEMENT, values) is not None


async def wait_until_open(session: TimedSession, limits: Sequence[Limit]) -> timedelta:
    """Return how long to wait until all of these limits are open; 0 if they are."""
    keys = [limit.key for limit in limits]
    latest = await session.scalar(
        select(func.max(Throttle.closed_until)).where(Throttle.key.in_(keys))
    )
    return max(latest - session.now, timedelta(0)) if latest else timedelta(0)


async def subtract_attempt(session: TimedSession, limit: Limit) -> None:
    """Subtract the attempt made at the session's time. The limit that it closed opens again, unless there was a later
    attempt."""
    await session.execute(
        update(Throttle)
        .where(Throttle.key == limit.key, Throttle.attempts > 0)
        .values(
            attempts=Throttle.attempts - 1,
            closed_until=case(
                (Throttle.last_at == session.now, ALWAYS_OPEN), else_=Throttle.closed_until
            ),
        )
    )


async def reset_count(session: AsyncSession, limit: Limit) -> None:
    await session.execute(delete(Throttle).where(Throttle.key == limit.key))
