"""The background loops of a process: ticks on their deadlines, and leases that depend on them."""

import asyncio
from contextlib import suppress
from socket import gaierror
from time import monotonic

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.live.conftest import Serve
from services.tournament.tests.live.match_host_under_test import ask
from tests.fixtures.databases import ServiceDatabase
from tournament.live.own_address import own_address
from tournament.live.ticker import QUARTER_SECONDS, QUARTERS, run_ticks


class Enough(Exception):
    """A test has seen as many ticks as it wanted."""


async def lateness_of(count: int, *, slow: float = 0.0) -> list[float]:
    """Return the lateness in seconds of this many ticks, of which the fifth takes long."""
    late: list[float] = []
    begun = monotonic()

    def work(now: float, quarter: int) -> None:
        assert quarter == len(late) % QUARTERS
        late.append(now - begun - (len(late) + 1) * QUARTER_SECONDS)
        if slow and len(late) == 5:
            while monotonic() < now + slow:
                pass
        if len(late) == count:
            raise Enough

    needed = asyncio.Event()
    needed.set()
    with suppress(Enough):
        await run_ticks(work, needed)
    return late


async def test_each_quarter_of_the_matches_ticks_sixty_times_a_second() -> None:
    late = await lateness_of(100)
    assert min(late) >= 0
    # On a busy machine some ticks are still in time; with a slower rate none would be.
    assert min(late[50:]) < 0.1


async def test_delayed_ticks_are_caught_up() -> None:
    late = await lateness_of(100, slow=0.15)
    assert late[5] > 0.1
    assert min(late[50:]) < 0.1


async def test_ticks_stop_while_they_are_not_needed_and_then_continue_on_time() -> None:
    needed, ticks = asyncio.Event(), list[float]()

    def work(now: float, _: int) -> None:
        ticks.append(now)
        needed.clear()
        if len(ticks) == 3:
            raise Enough

    ticking = asyncio.create_task(run_ticks(work, needed))
    for count in range(3):
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(ticks) == count
        needed.set()
        begun = monotonic()
        while len(ticks) == count:  # noqa: ASYNC110 - the ticks run in the same loop
            await asyncio.sleep(0)
        assert ticks[-1] >= begun + QUARTER_SECONDS, (
            "ticks that were not needed are not made up for"
        )
    with suppress(Enough):
        await ticking


async def test_the_lease_is_not_prolonged_once_ticks_have_stopped(
    serve: Serve,
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    short_leases: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def die_soon(*_: object) -> None:
        await asyncio.sleep(0.3)
        raise ZeroDivisionError

    monkeypatch.setattr("tournament.live.process.run_ticks", die_soon)
    lease = "SELECT leased_until FROM replicas"
    async with serve(tournament_database.url):
        await asyncio.sleep(0.6)
        last = await ask(pooled_db, lease)
        assert len(last) == 1
        await asyncio.sleep(0.5)
        assert await ask(pooled_db, lease) == last


async def test_the_own_address_is_the_one_towards_the_neighbour() -> None:
    assert await own_address("http://127.0.0.1:8001", 8003) == "127.0.0.1:8003"
    assert await own_address("http://localhost:8001", 8003) == "127.0.0.1:8003", "not ::1"
    with pytest.raises(gaierror):
        await own_address("http://nobody.invalid:8001", 8003)
