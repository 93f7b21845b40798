import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from auth.throttling.errors import TooManyAttempts
from auth.throttling.limits import Limit
from auth.throttling.service import FORGOTTEN_AFTER, Throttles
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.examples import examples

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)

SCHEDULES: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    free=st.integers(0, 4),
    first=st.sampled_from((SECOND, 2 * SECOND, 7 * SECOND)),
    longest=st.sampled_from((10 * SECOND, 60 * SECOND)),
    memory=st.sampled_from((20 * SECOND, 100 * SECOND)),
)
GAPS = st.lists(
    st.one_of(
        st.just(timedelta(0)),
        st.integers(1, 8).map(lambda seconds: seconds * SECOND),
        st.sampled_from((20 * SECOND, 60 * SECOND, 101 * SECOND)),
    ),
    max_size=15,
)


class Model:
    """The expected behaviour of a limit, as a model."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._attempts = 0
        self._last_at = NOON
        self._closed_until = NOON

    def wait(self, now: datetime) -> timedelta | None:
        """Attempt at a time; return the seconds to wait, or None if the attempt counted."""
        if now < self._closed_until:
            return self._closed_until - now
        if self._attempts and self._last_at < now - self._limit.memory:
            self._attempts = 0
        self._attempts += 1
        self._last_at = now
        self._closed_until = now + self._limit.wait_after(self._attempts)
        return None


@pytest.fixture
async def db(auth_database: ServiceDatabase) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    async with auth_database.rolled_back() as db:
        yield db


@pytest.fixture
async def parallel_db(
    auth_database: ServiceDatabase,
) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    async with auth_database.committed() as db:
        yield db


@pytest.fixture
def throttles(db: SQLAlchemyAsyncConfig) -> Throttles:
    return Throttles(db)


def a_limit(kind: str = "test", subject: str = "alice", **changes: object) -> Limit:
    values: dict[str, object] = {
        "free": 2,
        "first": 2 * SECOND,
        "longest": 60 * SECOND,
        "memory": timedelta(hours=1),
        **changes,
    }
    return Limit(kind, subject, **values)  # type: ignore[arg-type]


async def wait(throttles: Throttles, now: datetime, *limits: Limit) -> int | None:
    """Attempt; return the seconds that the refusal names, or None if there was none."""
    try:
        await throttles.count_attempt(now, *limits)
    except TooManyAttempts as refused:
        return int((refused.headers or {})["Retry-After"])
    return None


async def attempts(db: SQLAlchemyAsyncConfig) -> list[int]:
    async with db.get_session() as session:
        return list(await session.scalars(text("SELECT attempts FROM throttles ORDER BY attempts")))


def test_the_wait_doubles_after_the_free_attempts_up_to_a_maximum() -> None:
    limit = a_limit(free=5, first=2 * SECOND, longest=timedelta(minutes=15))
    waits = [limit.wait_after(attempts).total_seconds() for attempts in range(1, 17)]
    assert waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert limit.wait_after(10**9) == timedelta(minutes=15)


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schedule=SCHEDULES, gaps=GAPS)
async def test_the_database_counts_like_the_model(
    throttles: Throttles, *, schedule: dict[str, Any], gaps: list[timedelta]
) -> None:
    limit = a_limit(subject=str(uuid4()), **schedule)
    model, now = Model(limit), NOON
    for gap in gaps:
        now += gap
        expected = model.wait(now)
        seconds = None if expected is None else max(1, -(-expected // SECOND))
        assert await wait(throttles, now, limit) == seconds


async def test_a_premature_attempt_is_not_counted(
    throttles: Throttles, db: SQLAlchemyAsyncConfig
) -> None:
    limit = a_limit()
    for _ in range(3):
        assert await wait(throttles, NOON, limit) is None
    for _ in range(5):
        assert await wait(throttles, NOON + SECOND, limit) == 1
    assert await attempts(db) == [3]
    assert await wait(throttles, NOON + 2 * SECOND, limit) is None


async def test_a_closed_limit_keeps_the_others_from_counting(
    throttles: Throttles, db: SQLAlchemyAsyncConfig
) -> None:
    open_ones = [a_limit(subject=f"open {number}") for number in range(4)]
    closed = a_limit(subject="closed", free=0)
    await throttles.count_attempt(NOON, closed)
    assert await wait(throttles, NOON, *open_ones, closed) == 2
    assert await attempts(db) == [1]


async def test_the_announced_wait_is_that_of_the_closed_limits(throttles: Throttles) -> None:
    """An open limit that would have closed if the attempt had counted is irrelevant."""
    closed = a_limit(subject="closed", free=0, first=2 * SECOND)
    await throttles.count_attempt(NOON, closed)
    strict = [a_limit(subject=f"{n}", free=0, first=50 * SECOND) for n in range(4)]
    for one in strict:
        assert await wait(throttles, NOON, closed, one) == 2


async def test_the_longest_of_several_waits_is_announced(throttles: Throttles) -> None:
    limits = [a_limit(subject=f"{n}", free=0, first=n * SECOND) for n in range(1, 6)]
    for limit in limits:
        await throttles.count_attempt(NOON, limit)
    assert max([await wait(throttles, NOON, *limits) or 0]) == 5


async def test_free_attempts_succeed_if_the_clock_is_slightly_behind(throttles: Throttles) -> None:
    """Requests may reach the database in another order than that of their timestamps."""
    limit = a_limit()
    assert await wait(throttles, NOON, limit) is None
    assert await wait(throttles, NOON - TICK, limit) is None


async def test_success_resets_the_counter(throttles: Throttles, db: SQLAlchemyAsyncConfig) -> None:
    limit = a_limit()
    for _ in range(3):
        await throttles.count_attempt(NOON, limit)
    await throttles.reset_counts(limit)
    assert await attempts(db) == []
    assert await wait(throttles, NOON, limit) is None


async def test_taking_an_attempt_back_reopens_the_limit(
    throttles: Throttles, db: SQLAlchemyAsyncConfig
) -> None:
    limit = a_limit()
    for _ in range(3):
        await throttles.count_attempt(NOON, limit)
    await throttles.subtract_attempt(NOON, limit)
    assert await attempts(db) == [2]
    assert await wait(throttles, NOON, limit) is None


async def test_taking_an_attempt_back_does_not_undo_a_later_one(
    throttles: Throttles,
) -> None:
    limit = a_limit()
    for _ in range(3):
        await throttles.count_attempt(NOON, limit)
    later = NOON + 3 * SECOND
    await throttles.count_attempt(later, limit)
    await throttles.subtract_attempt(NOON, limit)
    assert await wait(throttles, later, limit) == 4


async def test_the_counter_does_not_fall_below_zero(
    throttles: Throttles, db: SQLAlchemyAsyncConfig
) -> None:
    limit = a_limit()
    await throttles.count_attempt(NOON, limit)
    for _ in range(3):
        await throttles.subtract_attempt(NOON, limit, a_limit(subject="never tried"))
    assert await attempts(db) == [0]


async def test_kinds_and_subjects_are_counted_separately(throttles: Throttles) -> None:
    closed = a_limit(free=0)
    await throttles.count_attempt(NOON, closed)
    assert await wait(throttles, NOON, closed) == 2
    assert await wait(throttles, NOON, a_limit(kind="other", free=0)) is None
    assert await wait(throttles, NOON, a_limit(subject="bob", free=0)) is None


async def test_subjects_are_not_stored_readably(
    throttles: Throttles, db: SQLAlchemyAsyncConfig
) -> None:
    await throttles.count_attempt(NOON, a_limit(subject="hunter2"))
    async with db.get_session() as session:
        [row] = await session.scalars(text("SELECT throttles::text FROM throttles"))
    assert "hunter2" not in row
    assert b"hunter2".hex() not in row


async def test_only_old_counters_are_deleted(
    throttles: Throttles, db: SQLAlchemyAsyncConfig
) -> None:
    await throttles.count_attempt(NOON, a_limit(subject="old"))
    await throttles.count_attempt(NOON + TICK, a_limit(subject="young"))
    await throttles.delete_old_counts(NOON + FORGOTTEN_AFTER + TICK)
    assert await attempts(db) == [1]


async def test_fifty_parallel_attempts_are_all_counted(parallel_db: SQLAlchemyAsyncConfig) -> None:
    throttles, limit = Throttles(parallel_db), a_limit(free=5)
    waits = await asyncio.gather(*(wait(throttles, NOON, limit) for _ in range(50)))
    assert waits.count(None) == 6
    assert waits.count(2) == 44
    assert await attempts(parallel_db) == [6]


async def test_limits_in_any_order_cause_no_deadlock(
    parallel_db: SQLAlchemyAsyncConfig,
) -> None:
    throttles = Throttles(parallel_db)
    limits = [a_limit(subject=f"{n}", free=10**6) for n in range(4)]
    await throttles.count_attempt(NOON, *limits)
    work = []
    for order in permutations(limits):
        work += [throttles.count_attempt(NOON, *order), throttles.subtract_attempt(NOON, *order)]
    await asyncio.gather(*work, throttles.reset_counts(*limits))
