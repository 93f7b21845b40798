"""What is stored during a match and at its end."""

import asyncio
from time import monotonic
from uuid import UUID

import msgspec
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from contracts.history.matches import OnlineMatch
from pong.court import DOWN, LEFT, RIGHT, STILL, UP
from pong.engine import new_match as new_state
from pong.log import InputLog, Recording, replay
from services.tournament.tests.live.by_hand import SEED
from services.tournament.tests.live.match_host_under_test import (
    ask,
    match_row,
    new_match,
    results_in_outbox,
)
from services.tournament.tests.live.replicas import LATER, ReplicaByHand
from tests.fixtures.cast import ADMIN, ALICE, BOB, CHARLIE, KEY, Person
from tournament.live.creation import unfinished_match_of
from tournament.live.errors import MatchMoving, MatchOver
from tournament.live.live_match import InputSegment
from tournament.live.restoring import (
    MatchNotRestorable,
    pack_changes,
    replay_segment,
    unpack_changes,
)

MANY = 6


@pytest.fixture
async def match_id(pooled_db: SQLAlchemyAsyncConfig) -> UUID:
    return await new_match(pooled_db, ALICE, BOB, points=3)


async def segments(replica: ReplicaByHand) -> list[tuple[object, ...]]:
    return await ask(
        replica.db, "SELECT from_tick, through_tick FROM stored_keys ORDER BY from_tick"
    )


async def test_stored_stretches_follow_each_other(one: ReplicaByHand, match_id: UUID) -> None:
    await one.play(match_id, 100)
    await one.match_store.store()
    await one.match_store.store()
    await one.play(match_id, 50)
    await one.match_store.store()
    [(begin, middle), (again, end)] = await segments(one)
    assert (begin, middle) == (0, again)
    live = (await one.enter(match_id)).live
    assert end == live.state.tick


async def test_the_stored_score_is_visible_to_other_replicas(
    one: ReplicaByHand, match_id: UUID
) -> None:
    await one.enter(match_id)
    await one.match_store.store()
    assert await match_row(one.db, match_id, "state", "started_at") == ("waiting", None)
    match = await one.play(match_id, 220)
    match.live.left.absences = 2
    await one.match_store.store()
    row = await match_row(
        one.db, match_id, "state", "left_score + right_score", "left_absences", "right_absences"
    )
    assert row == ("running", 1, 2, 3)
    assert (await match_row(one.db, match_id, "started_at"))[0] is not None


async def test_an_end_by_points_enters_the_outbox_once(one: ReplicaByHand, match_id: UUID) -> None:
    match = await one.play(match_id, 60, (3, LEFT, UP), (5, RIGHT, DOWN), (40, LEFT, STILL))
    while match.live.ending is None:
        await one.play(match_id, 60)
    for _ in range(3):
        await one.match_store.store()
    [body] = await results_in_outbox(one.db)
    result = msgspec.json.decode(body, type=OnlineMatch)
    seed, points = await match_row(one.db, match_id, "seed", "points")
    assert (result.match_id, result.seed, result.points) == (match_id, seed, points)
    log = InputLog(result.inputs.ticks, result.inputs.changes)
    outcome = replay("online", None, result.seed, result.points, log)
    assert outcome.winner == match.live.ending.winner
    assert await match_row(
        one.db, match_id, "state", "winner", "left_score", "right_score", "owner"
    ) == ("finished", outcome.winner, outcome.left_score, outcome.right_score, None)
    assert await ask(one.db, "SELECT 1 FROM seats") == []
    assert await segments(one) == []
    assert one.match_host.matches == {}


@pytest.mark.parametrize(("side", "name"), [(LEFT, "left"), (RIGHT, "right")])
async def test_a_forfeit_names_the_player_who_resigned(
    one: ReplicaByHand, match_id: UUID, side: int, name: str
) -> None:
    match = await one.end(match_id, side)
    await one.match_store.store()
    [body] = await results_in_outbox(one.db)
    result = msgspec.json.decode(body, type=OnlineMatch)
    assert result.forfeited_by == name
    assert result.inputs.ticks == match.live.state.tick
    row = await match_row(one.db, match_id, "state", "winner", "forfeited_by")
    assert row == ("finished", LEFT + RIGHT - side, side)


async def test_a_void_match_has_no_result(one: ReplicaByHand, match_id: UUID) -> None:
    match = await one.enter(match_id)
    match.live.advance(monotonic() + LATER)
    assert match.live.ending is not None
    await one.match_store.store()
    assert await results_in_outbox(one.db) == []
    row = await match_row(one.db, match_id, "state", "winner", "owner")
    assert row == ("void", None, None)
    assert await ask(one.db, "SELECT 1 FROM seats") == []


@pytest.mark.parametrize(
    ("comes", "absent"), [(LEFT, (False, True)), (RIGHT, (True, False)), (None, (True, True))]
)
async def test_a_void_match_names_the_absent_players(
    one: ReplicaByHand, match_id: UUID, comes: int | None, absent: tuple[bool, bool]
) -> None:
    match = await one.enter(match_id)
    if comes is not None:
        match.live.player_connected(comes, monotonic())
    match.live.advance(monotonic() + LATER)
    await one.match_store.store()
    assert await match_row(one.db, match_id, "left_absent", "right_absent") == absent


async def test_a_played_match_has_no_absent_players(one: ReplicaByHand, match_id: UUID) -> None:
    await one.end(match_id)
    await one.match_store.store()
    assert await match_row(one.db, match_id, "left_absent", "right_absent") == (False, False)


async def test_matches_may_be_entered_while_others_end(
    one: ReplicaByHand, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    people = [Person(f"Player {number}", KEY) for number in range(4 * MANY)]
    ids = [
        await new_match(pooled_db, left, right)
        for left, right in zip(people[::2], people[1::2], strict=True)
    ]
    for match_id in ids[:MANY]:
        await one.end(match_id)
    await asyncio.gather(one.match_store.store(), *(one.enter(each) for each in ids[MANY:]))
    assert set(one.match_host.matches) == set(ids[MANY:])
    assert len(await results_in_outbox(pooled_db)) == MANY


async def test_a_failed_transaction_leaves_everything_to_store(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID
) -> None:
    match = await one.play(match_id, 100, (10, LEFT, UP))
    await ask(one.db, "ALTER TABLE stored_keys RENAME TO away")
    await one.match_store._run_or_log(one.match_store.store())
    await one.play(match_id, 100)
    await ask(one.db, "ALTER TABLE away RENAME TO stored_keys")
    await one.match_store._run_or_log(one.match_store.store())
    await one.match_store.release_all_matches()
    taken = await other.enter(match_id)
    assert taken.live.key_changes == match.live.key_changes
    assert taken.live.state == match.live.state


async def test_a_match_with_a_gap_is_void(
    one: ReplicaByHand, other: ReplicaByHand, match_id: UUID, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    for _ in range(3):
        await one.play(match_id, 30)
        await one.match_store.store()
    await one.match_store.release_all_matches()
    await ask(
        one.db,
        "DELETE FROM stored_keys WHERE from_tick ="
        " (SELECT from_tick FROM stored_keys ORDER BY from_tick OFFSET 1 LIMIT 1)",
    )
    fine = await new_match(pooled_db, CHARLIE, ADMIN)
    await other.match_host.take_unowned()
    assert set(other.match_host.matches) == {fine}, "it keeps nobody from taking another"
    with pytest.raises(MatchOver):
        await other.enter(match_id)
    assert await ask(one.db, "SELECT 1 FROM stored_keys"), "an operator may look what is wrong"
    async with pooled_db.get_session() as session:
        assert await unfinished_match_of(session, ALICE.id) is None


async def test_a_match_with_unsupported_rules_is_void(
    one: ReplicaByHand,
    match_id: UUID,
    pooled_db: SQLAlchemyAsyncConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tournament.live.queries.RULES_VERSION", 2)
    monkeypatch.setattr("tournament.live.restoring.RULES_VERSION", 2)
    await one.match_host.take_unowned()
    assert one.match_host.matches == {}
    assert await match_row(pooled_db, match_id, "state", "winner") == ("void", None)


async def test_a_match_with_newer_rules_is_left_to_other_replicas(
    one: ReplicaByHand, match_id: UUID, pooled_db: SQLAlchemyAsyncConfig
) -> None:
    await ask(one.db, "UPDATE matches SET rules = 99")
    await one.match_host.take_unowned()
    with pytest.raises(MatchMoving):
        await one.enter(match_id)
    assert await match_row(pooled_db, match_id, "state", "owner") == ("waiting", None)


def test_a_stretch_that_does_not_follow_is_an_error() -> None:
    with pytest.raises(MatchNotRestorable, match="do not follow"):
        replay_segment(new_state(SEED, 3), Recording(), InputSegment(1, 50, []))


def test_keys_beyond_the_end_are_an_error_and_not_an_endless_loop() -> None:
    state, recording = new_state(SEED, 3), Recording()
    with pytest.raises(MatchNotRestorable, match="won at tick"):
        replay_segment(state, recording, InputSegment(0, 50_000, []))


@pytest.mark.parametrize("changes", [[], [(0, -1, 1)], [(0, 1, 0), (1, 0, 0), (99_999, -1, -1)]])
def test_changes_can_be_packed_and_unpacked(changes: list[tuple[int, int, int]]) -> None:
    assert unpack_changes(pack_changes(changes)) == changes
