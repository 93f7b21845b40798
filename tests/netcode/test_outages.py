"""Matches survive outages around them: history, PostgreSQL, the gateway and a player's network."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.services import service_headers
from tests.gateway.sockets import opened
from tests.netcode.clusters import StoppableCluster, stoppable_cluster
from tests.netcode.ground import LONGEST_SECONDS, POLL_SECONDS, Ground, check_kept, ground_on
from tournament.app import MIGRATIONS
from tournament.live.creation import ALLOWED_ABSENCES
from tournament.live.protocol import Phase

pytestmark = pytest.mark.thorough

OUTAGE_SECONDS = 4


@pytest.fixture
def own_cluster() -> Iterator[StoppableCluster]:
    with stoppable_cluster() as cluster:
        yield cluster


@pytest.fixture
def own_databases(
    own_cluster: StoppableCluster, live_databases: dict[str, ServiceDatabase]
) -> dict[str, ServiceDatabase]:
    """Databases of which tournament's has its own cluster."""
    own = ServiceDatabase(
        own_cluster.temporary.urls["tournament"], service="tournament", migrations=MIGRATIONS
    )
    return {**live_databases, "tournament": own}


@pytest.fixture
async def ground_on_own_cluster(
    own_databases: dict[str, ServiceDatabase], signing_key: SigningKey, tmp_path: Path
) -> AsyncGenerator[Ground, None]:
    async with ground_on(own_databases, signing_key, tmp_path) as ground:
        yield ground


async def test_a_record_waits_for_history_and_is_stored_once(ground: Ground) -> None:
    await ground.start_all()
    ground.history_road.close()
    async with ground.match_in_play(resign_at=240) as match:
        body = await body_in_outbox(ground)
        history, key = ground.laboratory.history, ground.laboratory.key
        headers = service_headers(key, "history", sub="service:tournament")
        headers["Content-Type"] = "application/json"
        statuses = [
            (await history.post("/internal/matches", content=body, headers=headers)).status_code
            for _ in range(2)
        ]
        ground.history_road.open()
        await until_delivered(ground)
    assert statuses == [201, 200]
    [kept] = await records_of(ground, str(match.id))
    assert kept["id"] == str(match.id)
    assert kept["forfeited_by"] is not None


async def test_a_match_pauses_while_postgresql_is_down_and_continues(
    ground_on_own_cluster: Ground, own_cluster: StoppableCluster
) -> None:
    ground = ground_on_own_cluster
    await ground.start_all()
    async with ground.match_in_play(resign_at=420) as match:
        stored = await ground.stored(match.id)
        await asyncio.to_thread(own_cluster.stop)
        await asyncio.sleep(OUTAGE_SECONDS)
        await asyncio.to_thread(own_cluster.start_again)
    played = match.playing.result()
    check_kept(stored, played.record)
    after = await ground.match(match.id)
    assert (after.left_absences, after.right_absences) == (ALLOWED_ABSENCES, ALLOWED_ABSENCES)
    for report in played.reports:
        phases = [phase["phase"] for phase in report["phases"]]
        assert Phase.SUSPENDED in phases
        assert phases.count(Phase.PLAYING) >= 2


async def test_reloading_the_gateway_does_not_interrupt_a_match(ground: Ground) -> None:
    await ground.start_all()
    async with ground.match_in_play(resign_at=420) as match:
        ground.gateway.reload()
        # New connections work, too.
        await asyncio.sleep(1)
        path = f"/api/tournament/matches/{match.id}/watch"
        async with opened(ground.gateway, path, {}) as watching:
            await watching.recv()
    for report in match.playing.result().reports:
        assert [phase["phase"] for phase in report["phases"]].count(Phase.PLAYING) == 1
        assert len(report["closes"]) <= 1


async def body_in_outbox(ground: Ground) -> bytes:
    async with asyncio.timeout(LONGEST_SECONDS):
        while True:
            async with ground.laboratory.db.get_session() as session:
                body = await session.scalar(text("SELECT payload FROM pgqueuer"))
            if body is not None:
                return bytes(body)
            await asyncio.sleep(POLL_SECONDS)


async def until_delivered(ground: Ground) -> None:
    async with asyncio.timeout(LONGEST_SECONDS):
        while True:
            async with ground.laboratory.db.get_session() as session:
                if not await session.scalar(text("SELECT count(*) FROM pgqueuer")):
                    return
            await asyncio.sleep(POLL_SECONDS)


async def records_of(ground: Ground, match_id: str) -> list[dict[str, object]]:
    answer: httpx.Response = await ground.laboratory.history.get(f"/api/history/matches/{match_id}")
    assert answer.is_success, answer.text
    return [answer.json()]
