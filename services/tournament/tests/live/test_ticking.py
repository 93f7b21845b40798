"""What goes on in a process while it runs: ticks on their deadlines, and nothing prolonged where they have died."""

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
from tournament.live.ticker import QUARTER_SECONDS, QUARTERS, tick


class Enough(Exception):
    """So many ticks as a test wanted have come."""


async def lateness_of(count: int, *, slow: float = 0.0) -> list[float]:
    """Return how many seconds after its deadline each of so many ticks came; the fifth takes long."""
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

    with suppress(Enough):
        await tick(work)
    return late


async def test_each_quarter_of_the_matches_sixty_times_a_second() -> None:
    late = await lateness_of(100)
    assert min(late) >= 0
    # Whatever else the machine does, some tick comes in time; with slower ticks none of these would.
    assert min(late[50:]) < 0.1


async def test_what_was_late_is_made_up_for() -> None:
    late = await lateness_of(100, slow=0.15)
    assert late[5] > 0.1
    assert min(late[50:]) < 0.1


async def test_where_ticks_have_died_the_lease_is_not_prolonged(
    serve: Serve,
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    short_leases: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def die_soon(_: object) -> None:
        await asyncio.sleep(0.3)
        raise ZeroDivisionError

    monkeypatch.setattr("tournament.live.process.tick", die_soon)
    lease = "SELECT leased_until FROM replicas"
    async with serve(tournament_database.url):
        await asyncio.sleep(0.6)
        last = await ask(pooled_db, lease)
        assert len(last) == 1
        await asyncio.sleep(0.5)
        assert await ask(pooled_db, lease) == last


async def test_the_own_address_is_the_one_on_the_way_to_the_neighbour() -> None:
    assert await own_address("http://127.0.0.1:8001", 8003) == "127.0.0.1:8003"
    assert await own_address("http://localhost:8001", 8003) == "127.0.0.1:8003", "not ::1"
    with pytest.raises(gaierror):
        await own_address("http://nobody.invalid:8001", 8003)
