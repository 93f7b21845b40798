"""The scheduler's handling of calls and matches: once, however many
schedulers run, and however often."""

import asyncio
from unittest.mock import patch
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from services.tournament.tests.pairings.playing import Court, Cup
from tests.fixtures.waiting import until_transactions_wait
from tournament.pairings.progress import advance_tournament
from tournament.pairings.scheduler import GRACE_TIME, OUTAGE_AFTER
from tournament.tournaments import access
from transcendence_common.database import session_at

READY_SECONDS = 300


async def numbers(cup: Cup) -> list[int]:
    return [each["number"] for each in await cup.pairings() if each["state"] == "called"]


def counts() -> dict[str, float]:
    """Return the scheduler's metrics."""
    samples = {
        "decided": ("tournament_pairings_decided_total", {"how": "played"}),
        "called": ("tournament_pairings_called_total", {}),
    }
    return {name: REGISTRY.get_sample_value(*sample) or 0 for name, sample in samples.items()}


# Results.


async def test_a_result_decides_the_pairing_and_calls_the_next(court: Court) -> None:
    cup = await court.begun(4)
    for number, winner in ((1, 1), (2, 2)):
        await cup.wins(number, winner, loser_has=3)
        assert await cup.state(number) == "playing", "nobody has looked yet"
        await court.look()
    first = await cup.pairing(1)
    assert (first["how"], first["winner"]) == ("played", 1)
    assert {first["one_score"], first["other_score"]} == {5, 3}
    assert first["match_id"] == str((await cup.matches())[0].id)
    assert await cup.called() == [(1, 2)]


async def test_resigning_is_a_forfeit_with_the_current_score(court: Court) -> None:
    cup = await court.begun(2)
    match_id = await cup.both_ready(1)
    await cup.end(match_id, winner=cup.player(2), given_up=True, loser_has=4)
    await court.look()
    assert await cup.outcome(1) == ("forfeit", 2)
    assert (await cup.pairing(1))["one_score"] == 4


async def test_running_again_changes_nothing(court: Court) -> None:
    cup = await court.begun(4)
    await cup.wins(1, 1)
    await court.look()
    before = await cup.bracket()
    for _ in range(3):
        await court.look()
    assert await cup.bracket() == before


async def test_processing_a_tournament_twice_changes_nothing(court: Court) -> None:
    cup = await court.begun(5)
    before = await cup.bracket()
    async with session_at(court.hall.db, court.hall.clock()) as session:
        tournament = await court.hall.tournament(cup.id)
        tournament = await session.merge(tournament)
        await advance_tournament(session, tournament)
    after = await cup.bracket()
    assert {**after, "revision": 0} == {**before, "revision": 0}


async def test_results_in_any_order_give_the_same_bracket(court: Court) -> None:
    seen = []
    for order, one_by_one in (([1, 2, 3, 4], False), ([4, 2, 1, 3], True)):
        cup = await court.begun(8)
        matches = {number: await cup.both_ready(number) for number in order}
        for number in order:
            winner = cup.player((await cup.pairing(number))["one"])
            await cup.end(matches[number], winner=winner)
            if one_by_one:
                await court.look()
        await court.look()
        pairings = await cup.pairings()
        seen.append([(each["one"], each["other"], each.get("winner")) for each in pairings])
    assert seen[0] == seen[1]


async def test_two_parallel_schedulers_do_everything_once(busy_court: Court) -> None:
    cup = await busy_court.begun(8)
    for number in range(1, 5):
        await cup.wins(number, (await cup.pairing(number))["one"])
    revision, counted = await cup.revision(), counts()
    schedulers = [busy_court.another_scheduler() for _ in range(4)]
    await asyncio.gather(*(each.advance_due_tournaments() for each in schedulers for _ in range(2)))
    assert await cup.revision() == revision + 1, "all results were taken at once"
    assert counts() == {"decided": counted["decided"] + 4, "called": counted["called"] + 2}
    assert len(await cup.called()) == 2


async def test_a_killed_scheduler_leaves_its_work_to_the_next(busy_court: Court) -> None:
    cup = await busy_court.begun(4)
    await cup.wins(1, 1)
    before = await cup.bracket()
    with (
        patch(
            "tournament.pairings.scheduler.advance_tournament", side_effect=asyncio.CancelledError
        ),
        pytest.raises(asyncio.CancelledError),
    ):
        await busy_court.look()
    assert await cup.bracket() == before
    await busy_court.another_scheduler().advance_due_tournaments()
    assert await cup.outcome(1) == ("played", 1)


async def test_a_tournament_that_fails_stops_no_other(busy_court: Court) -> None:
    broken, fine = await busy_court.begun(2), await busy_court.begun(2)
    for cup in (broken, fine):
        await cup.wins(1, 1)
    await busy_court.hall.execute(
        "UPDATE tournaments SET entrants = 7 WHERE id = :id", id=broken.id
    )
    await busy_court.hall.execute(
        "UPDATE pairings SET one = 1, other = 6 WHERE tournament_id = :id", id=broken.id
    )
    await busy_court.look()
    await busy_court.look()
    assert (await fine.bracket())["state"] == "finished"
    assert (await busy_court.hall.tournament(broken.id)).state == "running"
    await busy_court.hall.execute(
        "UPDATE pairings SET other = 2 WHERE tournament_id = :id", id=broken.id
    )
    await busy_court.hall.execute(
        "UPDATE tournaments SET entrants = 2 WHERE id = :id", id=broken.id
    )
    await busy_court.look()
    assert (await broken.bracket())["state"] == "finished"


async def test_a_permanently_locked_tournament_continues_eventually(
    busy_court: Court,
) -> None:
    held, free = await busy_court.begun(2), await busy_court.begun(2)
    for cup in (held, free):
        await cup.wins(1, 1)
    db = busy_court.hall.db
    async with db.get_session() as session, session.begin():
        await access.lock_existing(session, UUID(held.id))
        await busy_court.look()
        assert (await free.bracket())["state"] == "finished", "nobody waits at once"
        waiting = asyncio.create_task(busy_court.look())
        await until_transactions_wait(db)
    await waiting
    assert (await held.bracket())["state"] == "finished"


async def test_a_tournament_whose_rows_the_database_refuses_stops_no_other(court: Court) -> None:
    broken, fine = await court.begun(2), await court.begun(2)
    await court.hall.execute(
        "ALTER TABLE pairings ADD CONSTRAINT never_over"
        f" CHECK (state <> 'over' OR tournament_id <> '{broken.id}')"
    )
    for _ in range(4):
        await court.pass_time(READY_SECONDS)
    assert (await fine.bracket())["state"] == "finished"
    assert await broken.state(1) == "called"


async def test_a_match_that_ends_after_a_disqualification_does_not_count(
    court: Court,
) -> None:
    cup = await court.begun(4)
    match_id = await cup.both_ready(1)
    await cup.disqualify(1)
    assert await cup.outcome(1) == ("forfeit", 4)
    assert await cup.seated() == {cup.player(1).id, cup.player(4).id}, "it is played to its end"
    await cup.end(match_id, winner=cup.player(1))
    before = await cup.bracket()
    await court.look()
    assert await cup.bracket() == before


async def test_a_player_who_is_still_in_a_match_of_the_tournament_has_more_time(
    court: Court,
) -> None:
    cup = await court.begun(4)
    match_id = await cup.both_ready(1)
    await cup.wins(2, 2)
    await cup.disqualify(1)
    await court.look()
    assert await cup.called() == [(4, 2)]
    final = (await numbers(cup))[0]
    await cup.ready(final, cup.player(2))
    await court.pass_time(READY_SECONDS + 1)
    assert await cup.state(final) == "called"
    await cup.end(match_id, winner=cup.player(4))
    await cup.ready(final, cup.player(4))
    assert await cup.state(final) == "playing"


# Calls.


async def test_nothing_is_lost_before_the_deadline(court: Court) -> None:
    cup = await court.begun(2)
    await court.pass_time(READY_SECONDS - 1)
    assert await cup.state(1) == "called"
    await court.pass_time(1)
    assert await cup.state(1) == "over"


@pytest.mark.parametrize("comes", [1, 2])
async def test_a_player_who_is_not_ready_forfeits(court: Court, comes: int) -> None:
    cup = await court.begun(2)
    await cup.ready(1, cup.player(comes))
    await court.pass_time(READY_SECONDS)
    assert await cup.outcome(1) == ("forfeit", comes)
    assert await cup.places() == {comes: 1, 3 - comes: 2}


async def test_a_final_without_both_finalists_has_no_winner(court: Court) -> None:
    cup = await court.begun(2)
    await court.pass_time(READY_SECONDS)
    assert await cup.outcome(1) == ("double_forfeit", 0)
    assert (await cup.bracket())["state"] == "finished"
    assert await cup.places() == {1: 2, 2: 2}


@pytest.mark.parametrize(
    ("format_", "rounds"),
    [
        ("single_elimination", None),
        ("double_elimination", None),
        ("round_robin", 1),
        ("swiss", None),
    ],
)
async def test_a_tournament_without_present_players_ends(
    court: Court, format_: str, rounds: int | None
) -> None:
    cup = await court.begun(6, format=format_, rounds=rounds)
    for _ in range(20):
        if (await cup.bracket())["state"] == "finished":
            break
        await court.pass_time(READY_SECONDS)
    assert (await cup.bracket())["state"] == "finished"
    assert await cup.matches() == []
    assert {each["state"] for each in await cup.pairings()} == {"over"}


async def test_the_opponent_after_a_double_forfeit_has_a_bye(court: Court) -> None:
    cup = await court.begun(4)
    await cup.wins(2, 2)
    await court.pass_time(READY_SECONDS)
    assert (await cup.bracket())["state"] == "finished"
    assert (await cup.places())[2] == 1


async def test_in_swiss_an_absent_player_is_withdrawn(court: Court) -> None:
    cup = await court.begun(6, format="swiss", rounds=3)
    one, other = (await cup.called())[0]
    await cup.ready((await numbers(cup))[0], cup.player(one))
    for number in (await numbers(cup))[1:]:
        await cup.wins(number, (await cup.pairing(number))["one"])
    await court.pass_time(READY_SECONDS)
    states = await cup.entry_states()
    assert [seed for seed, state in states.items() if state == "withdrawn"] == [other]
    assert other not in {seed for pair in await cup.called() for seed in pair}


async def test_a_player_called_during_an_outage_gets_time_to_come(court: Court) -> None:
    cup = await court.begun(2)
    court.hall.clock.advance(seconds=READY_SECONDS + 1)
    scheduler = court.another_scheduler(GRACE_TIME)
    await scheduler.advance_due_tournaments()
    assert await cup.state(1) == "called"
    for _ in range(4):
        court.hall.clock.advance(seconds=GRACE_TIME.total_seconds() / 4)
        await scheduler.advance_due_tournaments()
    assert await cup.state(1) == "over"


async def test_an_outage_of_a_running_scheduler_extends_deadlines(court: Court) -> None:
    cup = await court.begun(2)
    scheduler = court.another_scheduler(GRACE_TIME)
    for _ in range(4):
        await scheduler.advance_due_tournaments()
        court.hall.clock.advance(seconds=OUTAGE_AFTER.total_seconds())
    court.hall.clock.advance(seconds=READY_SECONDS)
    await scheduler.advance_due_tournaments()
    assert await cup.state(1) == "called"
