"""An internal error in one match does not affect others."""

import asyncio
from http import HTTPStatus
from time import monotonic
from uuid import UUID

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from demo import wire
from pong.engine import digest
from services.tournament.tests.live.conftest import Serve
from services.tournament.tests.live.match_host_under_test import (
    ask,
    match_row,
    new_match,
)
from services.tournament.tests.live.replicas import ReplicaByHand
from tests.fixtures.cast import ADMIN, ALICE, BOB, CHARLIE
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tournament.live.errors import MatchOver
from tournament.live.match_host import MOST_FAILURES_OF_A_MATCH
from tournament.live.running_match import RunningMatch
from transcendence_common.clock import utc_now
from transcendence_common.database import session_at

TOO_LARGE_FOR_ITS_MESSAGE = 2**40


@pytest.fixture
async def match_id(pooled_db: SQLAlchemyAsyncConfig) -> UUID:
    return await new_match(pooled_db, ALICE, BOB, points=21)


@pytest.fixture
async def fine_id(pooled_db: SQLAlchemyAsyncConfig) -> UUID:
    return await new_match(pooled_db, CHARLIE, ADMIN, points=21)


def fail(one: ReplicaByHand, match: RunningMatch) -> None:
    """Make the next beat of a match raise an error."""
    match.live._next_beat_tick = 0
    match.live._due_at = 0.0
    match.live.left.keyboard._asked = TOO_LARGE_FOR_ITS_MESSAGE
    one.advance(monotonic())


async def test_a_failed_match_is_taken_again_and_the_others_continue(
    one: ReplicaByHand, match_id: UUID, fine_id: UUID
) -> None:
    fine = await one.play(fine_id, 10)
    match = await one.play(match_id, 50)
    await one.match_store.store()
    stored = digest(match.live.state)
    fail(one, match)
    assert set(one.match_host.matches) == {fine_id}
    assert match._closed_with is not None
    assert match._closed_with[0] == wire.MOVED
    before = fine.live.state.tick
    await one.play(fine_id, 50)
    assert fine.live.state.tick == before + 50

    await one.match_host.take_unowned()
    again = await one.enter(match_id)
    assert again is not match
    assert digest(again.live.state) == stored


async def test_a_match_that_fails_to_be_stored_does_not_keep_others_from_being_stored(
    one: ReplicaByHand, match_id: UUID, fine_id: UUID
) -> None:
    await one.play(fine_id, 50)
    match = await one.play(match_id, 50)
    async with session_at(one.db, utc_now()) as session:
        written = await one.match_store._write_changes(session, [*one.match_host.matches.values()])
        fail(one, match)
    one.match_store._apply_written(written)
    assert await ask(one.db, "SELECT count(*) FROM stored_keys") == [(2,)]
    assert set(one.match_host.matches) == {fine_id}


async def test_a_match_that_fails_repeatedly_is_void(one: ReplicaByHand, match_id: UUID) -> None:
    for _ in range(MOST_FAILURES_OF_A_MATCH):
        await one.play(match_id, 20)
        fail(one, one.match_host.matches[match_id])
        assert match_id not in one.match_host.matches
        await one.match_host.take_unowned()
    assert one.match_host.matches == {}
    assert await match_row(one.db, match_id, "state") == ("void",)
    with pytest.raises(MatchOver):
        await one.enter(match_id)


async def test_a_match_that_cannot_resume_after_an_outage_stops_no_other(
    one: ReplicaByHand, match_id: UUID, fine_id: UUID
) -> None:
    fine = await one.play(fine_id, 10)
    match = await one.play(match_id, 10)
    for each in (fine, match):
        each.live.suspend(one.times[fine_id])
    match.live.delay = TOO_LARGE_FOR_ITS_MESSAGE
    await one.match_store.store()
    assert set(one.match_host.matches) == {fine_id}


async def test_storing_continues_after_a_failure(
    one: ReplicaByHand, match_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one.play(match_id, 50)
    with monkeypatch.context() as fault:
        fault.setattr("tournament.live.storing.pack_changes", lambda _: 1 // 0)
        await one.match_store._run_or_log(one.match_store.store())
    assert await ask(one.db, "SELECT count(*) FROM stored_keys") == [(0,)]
    await one.match_store._run_or_log(one.match_store.store())
    assert await ask(one.db, "SELECT count(*) FROM stored_keys") == [(1,)]


async def test_a_match_that_fails_at_the_hand_over_does_not_keep_others_from_it(
    one: ReplicaByHand, match_id: UUID, fine_id: UUID
) -> None:
    match = await one.play(match_id, 10)
    await one.play(fine_id, 10)
    match.live.delay = TOO_LARGE_FOR_ITS_MESSAGE
    await one.match_store.release_all_matches()
    assert await ask(one.db, "SELECT count(*) FROM matches WHERE owner IS NULL") == [(2,)]


async def test_a_match_with_unreadable_keys_is_void_and_keeps_no_other_from_being_taken(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID, fine_id: UUID
) -> None:
    await one.play(match_id, 10)
    await one.match_store.release_all_matches()
    await ask(one.db, r"UPDATE stored_keys SET changes = '\xc1'")
    await other.match_host.take_unowned()
    assert set(other.match_host.matches) == {fine_id}
    assert await match_row(one.db, match_id, "state") == ("void",)


async def test_a_process_whose_ticks_have_stopped_is_not_ready(
    serve: Serve,
    tournament_database: ServiceDatabase,
    short_leases: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    died = asyncio.Event()

    async def live_until_then(*_: object) -> None:
        await died.wait()
        raise ZeroDivisionError

    monkeypatch.setattr("tournament.live.process.run_ticks", live_until_then)
    async with (
        serve(tournament_database.url) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        await _until_ready(client, HTTPStatus.OK)
        died.set()
        await _until_ready(client, HTTPStatus.SERVICE_UNAVAILABLE)


async def _until_ready(client: httpx.AsyncClient, status: HTTPStatus) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get("/health/ready")).status_code != status:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
