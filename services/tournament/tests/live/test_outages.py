"""Two replicas on real sockets, and a database connection that is cut."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from demo import wire
from pong.court import DOWN, UP
from services.tournament.tests.live.conftest import Serve
from services.tournament.tests.live.match_host_under_test import (
    ask,
    client_at,
    match_row,
    new_match,
    playing,
    refused_handshake,
    results_in_outbox,
)
from services.tournament.tests.live.replicas import ReplicaByHand
from tests.fixtures.cast import ALICE, BOB, Person
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.network import BrokenNetwork
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.waiting import until_asked
from tournament.app import MIGRATIONS, SERVICE_NAME
from tournament.live.restoring import unpack_changes
from transcendence_common.database import configure_database

pytestmark = pytest.mark.usefixtures("quick", "short_leases")

STORED_SECONDS = 3.0
"""Deadline for storing keys on a machine that is not too busy."""


async def test_an_unavailable_database_interrupts_the_match_without_costing_an_absence(
    serve: Serve, way: BrokenNetwork, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    async with (
        serve(way.url.get_secret_value()) as service,
        playing(service, match_id, ALICE, BOB) as (left, right),
    ):
        way.cut()
        stopped = await left.has_been_in(wire.SUSPENDED)
        for client in (left, right):
            client.forget()
        # A client without beats could not show that it is still connected during the interruption.
        await right.hears(wire.Beat)
        way.mend()
        on = await left.has_been_in(wire.PLAYING)
        assert on.tick == stopped.tick
        assert (on.left_absences, on.right_absences) == (3, 3)
        one, other = [await each.beat_after(on.tick + 1) for each in (left, right)]
        assert one.digest == other.digest


async def test_a_match_that_a_replica_cannot_store_continues_at_another(
    serve: Serve,
    way: BrokenNetwork,
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    async with (
        serve(way.url.get_secret_value(), port=8101) as one,
        playing(one, match_id, ALICE, BOB) as (left, right),
        serve(tournament_database.url, port=8102) as other,
    ):
        assert await _says_where(other, match_id, ALICE) == f"127.0.0.1:8101{_path(match_id)}"
        await left.beat_after(90)
        async with asyncio.timeout(PATIENCE_SECONDS):
            # Repeated as by a player: a busy machine may be late with the lease, and presses during
            # an interruption are not accepted.
            while True:
                pressed_at = left.clock, right.clock
                await left.press(pressed_at[0], UP)
                await right.press(pressed_at[1], DOWN)
                if await _are_stored(pooled_db, match_id, (UP, DOWN)):
                    break
        way.cut()
        await _until_owner_is_not(pooled_db, match_id, "127.0.0.1:8101")
        # The last interruption counts: on a busy machine there may have been
        # an earlier one that ended.
        stopped = [each for each in left.all(wire.Phase) if each.phase == wire.SUSPENDED][-1]
        async with playing(other, match_id, ALICE, BOB) as (again, _):
            taken = again.all(wire.Snapshot)[0]
            assert max(pressed_at) < taken.tick <= stopped.tick
            assert (taken.left_keys, taken.right_keys) == (UP, DOWN)
            assert again.all(wire.Phase)[-1].left_absences == 3
            assert left.all(wire.Beat)[-1].tick <= stopped.tick
            way.mend()
            assert await left.is_closed() == await right.is_closed() == wire.MOVED
            assert await _says_where(one, match_id, BOB) == f"127.0.0.1:8102{_path(match_id)}"
            await again.socket.send(wire.RESIGN_MESSAGE)
            assert (await again.hears(wire.End)).reason == wire.FORFEIT
        assert len(await results_in_outbox(pooled_db)) == 1


async def test_a_match_that_a_replica_hands_over_continues_at_another(
    serve: Serve, tournament_database: ServiceDatabase, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    async with AsyncExitStack() as other_stack:
        async with (
            serve(tournament_database.url, port=8101) as one,
            client_at(one, match_id, ALICE) as client,
        ):
            await client.has_been_in(wire.WAITING)
            other = await other_stack.enter_async_context(serve(tournament_database.url, port=8102))
        async with playing(other, match_id, ALICE, BOB) as (left, _):
            await left.beat_after(1)
            assert await match_row(pooled_db, match_id, "fence") == (3,)


async def test_the_owner_is_found_whatever_digits_the_request_uses(
    serve: Serve, tournament_database: ServiceDatabase, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    wide = "".join(
        chr(ord("０") + int(each)) if each.isdecimal() else each for each in str(match_id)
    )
    async with (
        serve(tournament_database.url, port=8101) as one,
        client_at(one, match_id, ALICE) as client,
        serve(tournament_database.url, port=8102) as other,
    ):
        await client.has_been_in(wire.WAITING)
        address = other.replace("http", "ws") + quote(f"/api/tournament/matches/{wide}/watch")
        with pytest.raises(InvalidStatus) as refused:
            await connect(address)
    assert refused.value.response.status_code == HTTPStatus.MISDIRECTED_REQUEST
    assert refused.value.response.headers["X-Accel-Redirect"].isascii()


def _path(match_id: UUID) -> str:
    return f"/api/tournament/matches/{match_id}/play"


async def _says_where(service: str, match_id: UUID, person: Person) -> str:
    """Retry while no replica has the match, as a busy machine may be late with the lease."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            refused = (await refused_handshake(service, match_id, person)).response
            if refused.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
    assert refused.status_code == HTTPStatus.MISDIRECTED_REQUEST
    return refused.headers["X-Accel-Redirect"].removeprefix("/_gateway/tournament/")


async def _are_stored(db: SQLAlchemyAsyncConfig, match_id: UUID, held: tuple[int, int]) -> bool:
    """Wait until both players are stored as holding these keys."""
    query = "SELECT changes FROM stored_keys WHERE match_id = :id ORDER BY from_tick"
    with suppress(TimeoutError):
        async with asyncio.timeout(STORED_SECONDS):
            while True:
                rows = await ask(db, query, id=match_id)
                changes = [change for (packed,) in rows for change in unpack_changes(bytes(packed))]  # type: ignore[call-overload]
                if changes and changes[-1][1:] == held:
                    return True
                await asyncio.sleep(0.05)
    return False


async def _until_owner_is_not(db: SQLAlchemyAsyncConfig, match_id: UUID, address: str) -> None:
    query = (
        "SELECT 1 FROM replicas JOIN matches ON owner = replicas.id"
        " WHERE matches.id = :id AND address <> :address"
    )
    await until_asked(lambda: ask(db, query, id=match_id, address=address))


@pytest.fixture
async def by_hand(
    way: BrokenNetwork,
    pooled_db: SQLAlchemyAsyncConfig,  # noqa: ARG001 - empties the tables
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[ReplicaByHand, None]:
    """A replica with a long lease, whose database may be slow."""
    monkeypatch.setattr(
        "tournament.live.storing.LEASE_DURATION", timedelta(seconds=PATIENCE_SECONDS)
    )
    monkeypatch.setattr("tournament.live.match_host.TAKING_TIMEOUT_SECONDS", PATIENCE_SECONDS)
    url = way.url
    db = configure_database(url, service=SERVICE_NAME, migrations=MIGRATIONS, pool_size=2)
    yield await ReplicaByHand.started(db, 8101)
    await db.get_engine().dispose()


async def test_a_network_that_swallows_everything_blocks_neither_storing_nor_taking(
    by_hand: ReplicaByHand,
    way: BrokenNetwork,
    pooled_db: SQLAlchemyAsyncConfig,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    match_id = await new_match(pooled_db, ALICE, BOB)
    await by_hand.play(match_id, 60)
    match_store, match_host = by_hand.match_store, by_hand.match_host
    # Each uses its own connection, which is dead afterwards.
    await asyncio.gather(match_store.store(), match_host.take_unowned())
    await by_hand.play(match_id, 30)
    way.swallow()
    async with asyncio.timeout(PATIENCE_SECONDS):
        with monkeypatch.context() as hasty:
            hasty.setattr("tournament.live.storing.STORE_TIMEOUT_SECONDS", 0.4)
            hasty.setattr("tournament.live.match_host.TAKING_TIMEOUT_SECONDS", 0.4)
            _, taken = await asyncio.gather(
                match_store._run_or_log(match_store.store()),
                match_host.take_unowned(),
                return_exceptions=True,
            )
        assert isinstance(taken, TimeoutError)
        await match_store.store()
        await match_host.take_unowned()
    assert len(await ask(pooled_db, "SELECT 1 FROM stored_keys")) == 2
