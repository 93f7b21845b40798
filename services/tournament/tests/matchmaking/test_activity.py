"""An idle service sends almost no statements, and becomes active as soon as a player arrives."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from litestar import Litestar
from pydantic import SecretStr

from services.tournament.tests.matchmaking.lobby import Lobby
from tests.fixtures.clients import client_of
from tests.fixtures.databases import ServiceDatabase
from tournament.activity import Activity
from tournament.wiring import work_exists_at
from transcendence_common.signals import channels_plugin

SIGNALLED_SECONDS = 10


@asynccontextmanager
async def listening(lobby: Lobby, database: ServiceDatabase) -> AsyncGenerator[Activity, None]:
    activity = Activity(lobby.db, lobby.clock, work_exists_at)
    channels = channels_plugin(SecretStr(database.url), service="tournament")
    async with client_of(Litestar(plugins=[channels, activity])):
        await activity.check_for_work()
        assert not activity.is_active
        yield activity


async def test_a_player_in_the_queue_makes_the_service_active_until_they_leave(
    busy_lobby: Lobby, tournament_database: ServiceDatabase
) -> None:
    alice = busy_lobby.guest("Alice")
    async with listening(busy_lobby, tournament_database) as activity:
        await alice.join()
        async with asyncio.timeout(SIGNALLED_SECONDS):
            await activity.wait_until_active(SIGNALLED_SECONDS + 1)
        await activity.check_for_work()
        assert activity.is_active
        await busy_lobby.execute("DELETE FROM queue_entries")
        await activity.check_for_work()
        assert not activity.is_active


WAKING = {
    "a match": "INSERT INTO matches SELECT * FROM matches WHERE false",
    "an invitation": "INSERT INTO invitations SELECT * FROM invitations WHERE false",
    "a new tournament": "INSERT INTO tournaments SELECT * FROM tournaments WHERE false",
    "a tournament that changes": "UPDATE tournaments SET name = name",
}


async def test_everything_that_needs_maintenance_makes_the_service_active(
    busy_lobby: Lobby, tournament_database: ServiceDatabase, subtests: pytest.Subtests
) -> None:
    for what, statement in WAKING.items():
        with subtests.test(what):
            async with listening(busy_lobby, tournament_database) as activity:
                await busy_lobby.execute(statement)
                async with asyncio.timeout(SIGNALLED_SECONDS):
                    await activity.wait_until_active(SIGNALLED_SECONDS + 1)


async def test_an_idle_service_still_looks_at_long_intervals(busy_lobby: Lobby) -> None:
    activity = Activity(busy_lobby.db, busy_lobby.clock, work_exists_at)
    await activity.check_for_work()
    async with asyncio.timeout(SIGNALLED_SECONDS):
        await activity.wait_until_active(at_most=0.01)
    assert not activity.is_active
