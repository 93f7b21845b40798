"""From the call to the match and back, with the process that runs live
matches and the complete service."""

import asyncio
from time import monotonic
from uuid import UUID

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from pydantic import SecretStr
from sqlalchemy import select

from pong.court import LEFT, RIGHT
from services.tournament.tests.live.match_host_under_test import match_row
from services.tournament.tests.live.replicas import LATER, ReplicaByHand
from services.tournament.tests.pairings.playing import Court, Cup
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.cast import KEY
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tournament.app import create_app
from tournament.pairings.models import OVER, Pairing
from tournament.settings import TournamentSettings


async def side_of(cup: Cup, match_id: UUID, seed: int) -> int:
    [left_id] = await match_row(cup.court.hall.db, match_id, "left_id")
    return LEFT if left_id == cup.player(seed).id else RIGHT


async def test_a_player_who_resigns_in_the_match_is_eliminated(busy_court: Court) -> None:
    cup = await busy_court.begun(2)
    match_id = await cup.both_ready(1)
    replica = await ReplicaByHand.started(busy_court.hall.db, 1)
    await replica.end(match_id, await side_of(cup, match_id, 1))
    await replica.match_store.store()
    await busy_court.look()
    assert await cup.outcome(1) == ("forfeit", 2)
    assert (await cup.pairing(1))["match_id"] == str(match_id), "history has its record"


@pytest.mark.parametrize("comes", [1, 2])
async def test_a_player_who_comes_to_the_match_alone_advances(
    busy_court: Court, comes: int
) -> None:
    cup = await busy_court.begun(2)
    match_id = await cup.both_ready(1)
    replica = await ReplicaByHand.started(busy_court.hall.db, 1)
    match = await replica.enter(match_id)
    match.live.player_connected(await side_of(cup, match_id, comes), monotonic())
    match.live.advance(monotonic() + LATER)
    await replica.match_store.store()
    await busy_court.look()
    assert await cup.outcome(1) == ("forfeit", comes)
    assert "match_id" not in await cup.pairing(1), "nothing was played, and history knows nothing"


async def test_neither_player_advances_if_both_miss_the_match(busy_court: Court) -> None:
    cup = await busy_court.begun(2)
    match = await (replica := await ReplicaByHand.started(busy_court.hall.db, 1)).enter(
        await cup.both_ready(1)
    )
    match.live.advance(monotonic() + LATER)
    await replica.match_store.store()
    await busy_court.look()
    assert await cup.outcome(1) == ("double_forfeit", 0)


async def test_the_running_service_processes_results_by_itself(
    tournament_database: ServiceDatabase, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    settings = TournamentSettings(
        environment="test",
        tournament_database_url=SecretStr(tournament_database.url),
        tournament_service_secret=SecretStr("only-for-tests-9876543210abcdefghij"),
    )
    clock = HandClock()
    app = create_app(settings, db=pooled_db, keys=KEY, clock=clock)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        cup = await Court(Hall(client, pooled_db, clock, KEY, app)).begun(2)
        await cup.wins(1, 1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await _is_over(pooled_db):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
    assert clock() == (await cup.court.hall.tournament(cup.id)).ended_at


async def _is_over(db: SQLAlchemyAsyncConfig) -> bool:
    async with db.get_session() as session:
        return await session.scalar(select(Pairing.state)) == OVER
