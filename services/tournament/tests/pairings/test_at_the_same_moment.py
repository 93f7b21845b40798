"""Parallel actions of several players and of schedulers at several replicas
have one consistent outcome."""

import asyncio
from collections.abc import Sequence

import pytest

from services.tournament.tests.pairings.playing import Court, Cup
from services.tournament.tests.tournaments.entering import come_back, states
from services.tournament.tests.tournaments.organising import CUP, Answer, Attendee
from tests.fixtures.clients import refusal

READY_SECONDS = 300
TIMES = 3
"""Repetitions, since the order differs each time."""


def statuses(answers: Sequence[Answer | None]) -> set[int]:
    return {each.status_code for each in answers if each is not None}


async def check_seats(cup: Cup, number: int) -> None:
    """Check that exactly the players of running matches have seats."""
    pairing = await cup.pairing(number)
    pair = {cup.player(pairing["one"]).id, cup.player(pairing["other"]).id}
    assert await cup.seated() & pair == (pair if pairing["state"] == "playing" else set())


async def test_both_players_get_ready_as_the_deadline_passes(busy_court: Court) -> None:
    for _ in range(TIMES):
        cup = await busy_court.begun(2)
        busy_court.hall.clock.advance(seconds=READY_SECONDS)
        schedulers = [busy_court.another_scheduler() for _ in range(3)]
        answers = await asyncio.gather(
            cup.ready(1, cup.player(1)),
            *(each.advance_due_tournaments() for each in schedulers),
            cup.ready(1, cup.player(2)),
        )
        assert statuses(answers) <= {200, 409}
        await busy_court.look()
        await check_seats(cup, 1)
        outcome = await cup.outcome(1)
        assert (outcome[0] is None) == (await cup.state(1) == "playing")
        assert (outcome[0] is None) == (len(await cup.matches()) == 1)


async def test_a_player_gets_ready_as_the_other_is_disqualified(busy_court: Court) -> None:
    for _ in range(TIMES):
        cup = await busy_court.begun(4)
        await cup.ready(1, cup.player(1))
        answers = await asyncio.gather(
            cup.ready(1, cup.player(4)), cup.disqualify(1), cup.ready(1, cup.player(1))
        )
        assert statuses(answers) <= {200, 409}
        assert await cup.outcome(1) == ("forfeit", 4)
        seated = await cup.seated()
        for match in await cup.matches():
            assert {match.left_id, match.right_id} <= seated, "a match that is on is played"


async def test_a_player_gets_ready_as_the_other_withdraws(busy_court: Court) -> None:
    for _ in range(TIMES):
        cup = await busy_court.begun(4, format="swiss", rounds=3)
        [number] = [each["number"] for each in await cup.pairings() if each["one"] == 1]
        pairing = await cup.pairing(number)
        one, other = cup.player(pairing["one"]), cup.player(pairing["other"])
        await cup.ready(number, one)
        answers = await asyncio.gather(
            cup.ready(number, other), one.leave(cup.id), come_back(one, cup.id)
        )
        assert statuses(answers) <= {200, 204, 409}
        assert await cup.outcome(number) == ("forfeit", pairing["other"])


async def test_a_correction_arrives_together_with_results(busy_court: Court) -> None:
    for _ in range(TIMES):
        cup = await busy_court.begun(8)
        await cup.wins(1, 1)
        await busy_court.look()
        for number in (2, 3, 4):
            await cup.wins(number, (await cup.pairing(number))["one"])
        answers = await asyncio.gather(
            cup.correct(1, 8),
            *(busy_court.another_scheduler().advance_due_tournaments() for _ in range(3)),
        )
        await busy_court.look()
        assert statuses([answers[0]]) == {200}
        assert await cup.outcome(1) == ("decided", 8)
        assert sorted(await cup.called()) == [(2, 3), (8, 4)]


async def test_a_late_entry_arrives_as_the_round_ends(busy_court: Court) -> None:
    for _ in range(TIMES):
        cup = await busy_court.begun(4, format="swiss", rounds=3, size=8)
        for each in await cup.pairings():
            await cup.wins(each["number"], each["one"])
        zoe, one = busy_court.hall.player("Zoe"), cup.player(1)
        answers = await asyncio.gather(
            busy_court.look(),
            busy_court.another_scheduler().advance_due_tournaments(),
            zoe.enter(cup.id),
            one.leave(cup.id),
            come_back(one, cup.id),
        )
        assert statuses(answers) <= {200, 201, 204, 409}
        await busy_court.look()
        rows = [each for each in await cup.pairings() if each["round"] == 2]
        seeds = [seed for each in rows for seed in (each["one"], each["other"]) if seed]
        assert len(seeds) == len(set(seeds)) >= 3
        assert (await cup.bracket())["round"] == 2


@pytest.mark.parametrize("format_", ["single_elimination", "swiss"])
async def test_players_leave_and_are_erased_during_the_start(
    busy_court: Court, format_: str
) -> None:
    hall = busy_court.hall
    for _ in range(TIMES):
        people = hall.players(*(f"P{number}" for number in range(8)))
        organiser = hall.player("Olga")
        cup = await organiser.opened({**CUP, "format": format_, "size": 6})
        await hall.put_in(cup, *people[:6])
        await hall.put_in(cup, *people[6:], state="waiting")
        answers = await asyncio.gather(
            hall.erase(people[0]),
            people[1].leave(cup),
            organiser.start(cup),
            hall.erase(people[2]),
            people[3].leave(cup),
            people[6].leave(cup),
            organiser.start(cup),
        )
        assert statuses(answers) <= {200, 204}
        entries = await hall.entries(cup)
        seeds = sorted(each.seed for each in entries if each.seed is not None)
        assert seeds == list(range(1, len(seeds) + 1)), "a number for each, and none twice"
        assert {people[0].id, people[2].id}.isdisjoint(each.player_id for each in entries)
        gone = {each.name for each in entries if each.state in {"withdrawn", "entered", "waiting"}}
        assert gone <= {"deleted player", "P1", "P3", "P6"}


async def test_no_tournament_waits_for_a_player_who_is_in_a_match_of_another(court: Court) -> None:
    """Two friends could otherwise delay a tournament for as long as
    they play in one of their own."""
    one, other = await court.begun(2), await court.begun(2)
    both = one.player(1)
    await court.hall.execute(
        "UPDATE entries SET player_id = :player_id WHERE tournament_id = :id AND seed = 1",
        player_id=both.id,
        id=other.id,
    )
    assert len(await one.match_calls(1)) == 2
    await other.ready(1, both)
    match_id = await one.both_ready(1)
    assert refusal(await other.ready(1, both)) == (409, "already_playing")
    # They confirmed in time, but are in another match now.
    assert (await other.ready(1, other.player(2))).json()["state"] == "called"
    assert "one_ready" not in await other.pairing(1)
    await court.pass_time(READY_SECONDS)
    assert await other.outcome(1) == ("forfeit", 2)
    await one.end(match_id, winner=both)
    await court.look()
    assert await one.outcome(1) == ("played", 1)


async def test_all_players_of_two_tournaments_are_erased_in_parallel(busy_court: Court) -> None:
    hall = busy_court.hall
    people: list[Attendee] = hall.players(*"ABCDEF")
    organiser = hall.player("Olga")
    cups = []
    for format_ in ("double_elimination", "swiss"):
        tournament_id = await organiser.opened({**CUP, "format": format_})
        await hall.put_in(tournament_id, *people)
        await organiser.start(tournament_id)
        cups.append(Cup(busy_court, tournament_id, organiser, people))
    calls = [
        cup.ready(each["number"], cup.player(seed))
        for cup in cups
        for each in await cup.pairings()
        if each["state"] == "called"
        for seed in (each["one"], each["other"])
    ]
    answers = await asyncio.gather(
        *calls, *(hall.erase(each) for each in people), *(busy_court.look() for _ in range(2))
    )
    assert statuses(answers) <= {200, 403, 409}
    await busy_court.look()
    for cup in cups:
        assert (await cup.bracket())["state"] == "finished"
        assert set(await states(hall, cup.id)) == {"deleted player"}
    assert await cups[0].seated() == set()
