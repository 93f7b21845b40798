"""Ownership of matches: taking, leases, fences and handing over, with two replicas on
one database and no sockets."""

import asyncio
from time import monotonic
from uuid import UUID

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from demo import wire
from pong.court import DOWN, LEFT, RIGHT, UP
from pong.engine import digest
from services.tournament.tests.live.by_hand import Ears
from services.tournament.tests.live.match_host_under_test import (
    ask,
    match_row,
    new_match,
    results_in_outbox,
)
from services.tournament.tests.live.network import Network
from services.tournament.tests.live.replicas import ReplicaByHand
from tests.fixtures.cast import ALICE, BOB, Person, SigningKey
from tests.fixtures.patience import PATIENCE_SECONDS
from tournament.activity import Activity
from tournament.live import protocol, queries
from tournament.live.connection import MOST_SPECTATOR_MESSAGES_A_SECOND
from tournament.live.errors import MatchElsewhere, MatchMoving, MatchOver, NoSuchMatch
from tournament.live.match_host import MatchHost
from tournament.live.protocol import Phase
from tournament.live.storing import LEASE_DURATION, MatchStore
from tournament.wiring import work_exists_at
from transcendence_common.clock import utc_now
from transcendence_common.database import session_at
from transcendence_common.ids import new_id

MANY = 8


@pytest.fixture
async def match_id(pooled_db: SQLAlchemyAsyncConfig) -> UUID:
    return await new_match(pooled_db, ALICE, BOB, points=21)


@pytest.fixture
async def match_ids(pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey) -> list[UUID]:
    people = [Person(f"Player {number}", signing_key) for number in range(2 * MANY)]
    return [
        await new_match(pooled_db, left, right)
        for left, right in zip(people[::2], people[1::2], strict=True)
    ]


async def owner_of(replica: ReplicaByHand, match_id: UUID) -> tuple[object, ...]:
    return await match_row(replica.db, match_id, "owner", "fence")


async def test_the_replica_with_the_first_socket_takes_the_match(
    one: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.enter(match_id)
    assert match.live.phase is Phase.WAITING
    assert await owner_of(one, match_id) == (one.match_host.id, 1)
    assert await one.enter(match_id) is match


async def test_a_replica_without_a_lease_takes_no_match(
    pooled_db: SQLAlchemyAsyncConfig, match_id: UUID
) -> None:
    match_host = MatchHost(pooled_db, utc_now)
    replica = ReplicaByHand(
        pooled_db,
        match_host,
        MatchStore(
            pooled_db,
            match_host,
            utc_now,
            Activity(pooled_db, utc_now, work_exists_at),
            service_url="http://[::1]",
            port=1,
        ),
    )
    with pytest.raises(MatchMoving) as not_yet:
        await replica.enter(match_id)
    assert "Retry-After" in (not_yet.value.headers or {})
    await match_host.take_unowned()
    assert await owner_of(replica, match_id) == (None, 0)


async def test_an_idle_replica_has_a_long_lease_until_it_takes_a_match(
    pooled_db: SQLAlchemyAsyncConfig,
) -> None:
    """This holds even if the signal of the match was lost."""
    match_host, activity = (
        MatchHost(pooled_db, utc_now),
        Activity(pooled_db, utc_now, work_exists_at),
    )
    match_store = MatchStore(
        pooled_db, match_host, utc_now, activity, service_url="http://127.0.0.1:9", port=8101
    )
    replica = ReplicaByHand(pooled_db, match_host, match_store)
    await activity.check_for_work()
    await match_store.store()
    assert await seconds_leased(replica) > LEASE_DURATION.total_seconds()
    match_id = await new_match(pooled_db, ALICE, BOB)
    await replica.enter(match_id)
    await match_store.store()
    assert await seconds_leased(replica) <= LEASE_DURATION.total_seconds()


async def seconds_leased(replica: ReplicaByHand) -> float:
    [(seconds,)] = await ask(
        replica.db,
        "SELECT extract(epoch FROM leased_until - clock_timestamp())::float FROM replicas WHERE id = :id",
        id=replica.match_host.id,
    )
    assert isinstance(seconds, float)
    return seconds


async def test_a_replica_without_the_match_names_its_owner(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    await one.enter(match_id)
    with pytest.raises(MatchElsewhere) as elsewhere:
        await other.enter(match_id)
    assert elsewhere.value.headers == {
        "X-Accel-Redirect": (
            f"/_gateway/tournament/127.0.0.1:8101/api/tournament/matches/{match_id}/play"
        )
    }
    await other.match_host.take_unowned()
    assert await owner_of(other, match_id) == (one.match_host.id, 1)


async def test_an_unknown_match_is_not_found(one: ReplicaByHand) -> None:
    with pytest.raises(NoSuchMatch):
        await one.enter(new_id())


async def test_one_of_two_replicas_that_take_a_match_in_parallel_has_it(
    one: ReplicaByHand, other: ReplicaByHand, match_ids: list[UUID]
) -> None:
    await asyncio.gather(
        *(replica.match_host.take_unowned() for replica in (one, other, one, other))
    )
    for match_id in match_ids:
        holders = [each for each in (one, other) if match_id in each.match_host.matches]
        assert len(holders) == 1
        assert await owner_of(one, match_id) == (holders[0].match_host.id, 1)


async def test_many_parallel_sockets_create_one_match(one: ReplicaByHand, match_id: UUID) -> None:
    matches = await asyncio.gather(*(one.enter(match_id) for _ in range(10)))
    assert len({id(match) for match in matches}) == 1


async def test_a_match_that_was_handed_over_continues_from_its_stored_tick(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.play(match_id, 300, (10, LEFT, UP), (40, RIGHT, DOWN))
    await one.match_store.store()
    await one.play(match_id, 200, (5, LEFT, DOWN))
    match.live.left.absences = 1
    await one.match_store.release_all_matches()
    assert one.match_host.matches == {}
    assert await owner_of(one, match_id) == (None, 2)
    taken = (await other.enter(match_id)).live
    assert digest(taken.state) == digest(match.live.state)
    assert taken.state.tick == match.live.state.tick >= 490
    assert taken.key_changes == match.live.key_changes
    assert (taken.left.keyboard.held, taken.right.keyboard.held) == (DOWN, DOWN)
    assert taken.phase is Phase.AWAY
    assert (taken.left.absences, taken.right.absences) == (1, 3)
    assert await owner_of(other, match_id) == (other.match_host.id, 3)


async def test_a_replica_that_has_handed_over_takes_no_match(
    one: ReplicaByHand, match_ids: list[UUID]
) -> None:
    await one.match_store.release_all_matches()
    await one.match_host.take_unowned()
    with pytest.raises(MatchMoving):
        await one.enter(match_ids[0])
    assert await ask(one.db, "SELECT 1 FROM matches WHERE owner IS NOT NULL") == []


async def test_a_match_taken_during_the_hand_over_is_handed_over_too(
    one: ReplicaByHand, match_ids: list[UUID]
) -> None:
    await asyncio.gather(
        one.match_host.take_unowned(),
        one.enter(match_ids[0]),
        one.match_store.release_all_matches(),
        one.match_host.take_unowned(),
        return_exceptions=True,
    )
    assert one.match_host.matches == {}
    assert await ask(one.db, "SELECT 1 FROM matches WHERE owner IS NOT NULL") == []


async def test_a_hand_over_goes_on_although_its_caller_is_cancelled(
    one: ReplicaByHand, match_ids: list[UUID]
) -> None:
    await one.enter(match_ids[0])
    async with one.match_host.take_lock:
        stopping = asyncio.create_task(one.match_store.stop())
        await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.wait({stopping})
    async with one.match_host.take_lock:
        assert one.match_host.matches == {}
    assert await ask(one.db, "SELECT 1 FROM matches WHERE owner IS NOT NULL") == []


async def test_matches_of_an_expired_lease_move_to_another_replica(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.play(match_id, 100, (10, LEFT, UP))
    await one.match_store.store()
    stored = digest(match.live.state)
    await one.play(match_id, 100, (10, LEFT, DOWN))
    await one.lease_runs_out()
    with pytest.raises(MatchMoving):
        await other.enter(match_id)
    await other.match_host.take_unowned()
    taken = await other.enter(match_id)
    assert digest(taken.live.state) == stored
    assert await owner_of(other, match_id) == (other.match_host.id, 2)


async def test_a_former_owner_cannot_store_the_match(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    await one.play(match_id, 100)
    await one.match_store.store()
    await one.play(match_id, 100, (10, LEFT, DOWN))
    await one.lease_runs_out()
    await other.match_host.take_unowned()
    await other.play(match_id, 50)
    await other.match_store.store()
    rows = await ask(one.db, "SELECT * FROM stored_keys ORDER BY from_tick")
    await one.match_store.store()
    assert one.match_host.matches == {}
    assert await ask(one.db, "SELECT * FROM stored_keys ORDER BY from_tick") == rows
    with pytest.raises(MatchElsewhere):
        await one.enter(match_id)
    assert await owner_of(other, match_id) == (other.match_host.id, 2)


async def test_a_former_owner_cannot_end_the_match(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    await one.end(match_id)
    await one.lease_runs_out()
    await other.match_host.take_unowned()
    await one.match_store.store()
    assert one.match_host.matches == {}
    assert await results_in_outbox(one.db) == []
    assert await match_row(one.db, match_id, "ended_at") == (None,)


async def test_an_old_fence_is_refused_even_for_the_same_owner(
    one: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.end(match_id)
    await ask(one.db, "UPDATE matches SET fence = fence + 2 WHERE id = :id", id=match_id)
    await one.match_store.store()
    assert match_id not in one.match_host.matches
    assert await results_in_outbox(one.db) == []
    # The replica owns the match without knowing it, as it was never told that it had taken it.
    await one.match_host.take_unowned()
    assert await one.enter(match_id) is not match


async def test_a_match_taken_without_confirmation_is_taken_again(
    one: ReplicaByHand, match_id: UUID
) -> None:
    """The answer to a commit may be lost."""
    await ask(
        one.db,
        "UPDATE matches SET owner = :owner, fence = 1 WHERE id = :id",
        owner=one.match_host.id,
        id=match_id,
    )
    with pytest.raises(MatchMoving):
        await one.enter(match_id)
    await one.match_host.take_unowned()
    assert (await one.enter(match_id)).fence == 2


async def test_a_stretch_stored_without_confirmation_is_stored_again(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    """The answer to a commit may be lost."""
    match = await one.play(match_id, 100, (10, LEFT, UP))
    async with session_at(one.db, utc_now()) as session:
        await one.match_store._write_changes(session, [*one.match_host.matches.values()])
    await one.play(match_id, 100, (10, LEFT, DOWN))
    await one.match_store.store()
    await one.match_store.release_all_matches()
    taken = await other.enter(match_id)
    assert digest(taken.live.state) == digest(match.live.state)
    assert taken.live.key_changes == match.live.key_changes


async def test_a_replica_does_not_take_matches_from_itself(
    one: ReplicaByHand, match_id: UUID
) -> None:
    """After an outage its own lease may have expired while its clients are still connected."""
    match = await one.play(match_id, 100)
    await one.lease_runs_out()
    await one.match_host.take_unowned()
    assert await one.enter(match_id) is match
    await one.match_store.store()
    assert await one.enter(match_id) is match


async def test_a_match_that_returns_keeps_no_client_with_its_old_object(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.play(match_id, 100)
    await one.lease_runs_out()
    await other.match_host.take_unowned()
    await other.match_store.release_all_matches()
    await one.match_host.take_unowned()
    again = await one.enter(match_id)
    assert again is not match
    assert match._closed_with is not None
    assert match._closed_with[0] == wire.MOVED
    await one.match_store.store()
    assert await one.enter(match_id) is again


async def test_nothing_is_simulated_without_a_lease_and_beats_continue(
    one: ReplicaByHand, match_id: UUID
) -> None:
    match = (await one.play(match_id, 100)).live
    ears = match._audience = Ears()
    tick, out = match.state.tick, one.times[match_id]
    for after in range(10):
        one.advance(out + after)
    assert match.state.tick == tick
    assert ears.all(wire.Phase)[-1].phase == wire.SUSPENDED
    assert not one.match_host.has_endings.is_set()
    # A client without beats could not answer, and would be disconnected for that afterwards.
    assert len(ears.all(wire.Beat)) >= 9
    await one.match_store.store()
    assert ears.all(wire.Phase)[-1].phase == wire.COUNTDOWN
    assert (match.left.absences, match.right.absences) == (3, 3)
    one.advance(monotonic())
    assert match.phase is Phase.COUNTDOWN


async def test_a_replica_that_was_silent_too_long_does_not_prolong_lost_matches(
    one: ReplicaByHand, other: ReplicaByHand, match_ids: list[UUID]
) -> None:
    await one.match_host.take_unowned()
    await one.lease_runs_out()
    await asyncio.gather(other.match_host.take_unowned(), one.match_store.store())
    await one.match_store.store()
    for match_id in match_ids:
        holders = [each for each in (one, other) if match_id in each.match_host.matches]
        assert len(holders) == 1
        assert (await owner_of(one, match_id))[0] == holders[0].match_host.id


async def test_dead_replicas_are_deleted_once_they_own_nothing(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    await one.enter(match_id)
    await ask(one.db, "UPDATE replicas SET leased_until = now() - interval '2 hours'")
    for left in (1, 0):
        async with one.db.get_session() as session, session.begin():
            await queries.delete_dead_replicas(session)
        found = await ask(one.db, "SELECT 1 FROM replicas WHERE id = :id", id=one.match_host.id)
        assert len(found) == left
        await other.match_store.store()
        await other.match_host.take_unowned()


async def test_a_finished_match_cannot_be_entered(one: ReplicaByHand, match_id: UUID) -> None:
    await one.end(match_id)
    await one.match_store.store()
    with pytest.raises(MatchOver):
        await one.enter(match_id)


async def test_an_erased_match_is_released(one: ReplicaByHand, match_id: UUID) -> None:
    await one.play(match_id, 100)
    await ask(one.db, "DELETE FROM matches WHERE id = :id", id=match_id)
    await one.match_store.store()
    assert one.match_host.matches == {}
    with pytest.raises(NoSuchMatch):
        await one.enter(match_id)


async def test_clients_that_connect_during_the_hand_over_are_sent_on(
    one: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.enter(match_id)
    await one.match_store.release_all_matches()
    player, spectator = Network(), Network()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await match.serve_player(LEFT, *player.ends())
        await match.serve_spectator(*spectator.ends())
    assert player.closed == spectator.closed == wire.MOVED


async def test_a_silent_client_is_disconnected_unless_the_process_itself_slept(
    one: ReplicaByHand, match_id: UUID
) -> None:
    match, network = await one.play(match_id, 10), Network()
    playing = asyncio.create_task(match.serve_player(LEFT, *network.ends()))
    await network.until(lambda: bool(network.arrived))
    left, now = match.live.left, one.times[match_id]
    one.advance(now)
    one.advance(now + 1_000)
    assert (left.here, network.closed) == (True, None)
    for after in range(8):
        one.advance(now + 1_000 + after)
    assert left.here is False
    async with asyncio.timeout(PATIENCE_SECONDS):
        await playing
    assert network.closed == wire.TOO_SLOW


async def test_a_backlog_becomes_a_snapshot_without_a_second_greeting(
    one: ReplicaByHand, match_id: UUID
) -> None:
    match, network = await one.play(match_id, 60), Network()
    for tick in range(100):
        match.live.left.keyboard.queue_keys(1_000 + 2 * tick, UP, next_tick=60, clock=1_100)
    network.passes.clear()
    playing = asyncio.create_task(match.serve_player(LEFT, *network.ends()))
    await network.until(lambda: network.stuck > 0)
    for _ in range(100):
        match.send_to_all(protocol.pack_keys(2_000, RIGHT, UP))
    network.passes.set()
    await network.until(lambda: len(network.arrived) == 2)
    first, second = (wire.split_frame(frame) for frame in network.arrived)
    assert [type(each) for each in first[:2]] == [wire.Welcome, wire.Snapshot]
    assert isinstance(second[0], wire.Snapshot)
    assert isinstance(second[-1], wire.Phase)
    assert len(second) == len(first) - 1 == 102
    playing.cancel()
    await asyncio.wait({playing})


async def test_spectators_may_send_fewer_messages_than_players(
    one: ReplicaByHand, match_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    match, network = await one.enter(match_id), Network()
    now = monotonic()
    monkeypatch.setattr("tournament.live.connection.monotonic", lambda: now)
    for _ in range(MOST_SPECTATOR_MESSAGES_A_SECOND + 1):
        network.say(wire.echo_message(1, 0, 0))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await match.serve_spectator(*network.ends())
    assert network.closed == wire.TOO_MANY
