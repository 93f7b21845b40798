"""Corrections by an organiser: with a reason, in the audit log, and only as long as no later match
depends on the result."""

import asyncio
from datetime import timedelta

import pytest

from services.tournament.tests.pairings.playing import Court, Cup
from tests.fixtures.clients import refusal
from tournament.tournaments.organiser_rules import CORRECTABLE_FOR


async def semifinal_over(court: Court) -> Cup:
    """Return a tournament of four in which 1 has beaten 4, and 2 and 3 have not played."""
    cup = await court.begun(4)
    await cup.wins(1, 1, loser_has=3)
    await court.look()
    return cup


async def final_of(cup: Cup) -> tuple[int | None, int | None]:
    final = (await cup.pairings())[-1]
    return final["one"], final["other"]


async def test_the_other_player_advances_and_the_correction_is_in_the_audit_log(
    court: Court,
) -> None:
    cup = await semifinal_over(court)
    assert await final_of(cup) == (1, None)
    answer = await cup.correct(1, 4)
    assert answer.status_code == 200
    assert (answer.json()["how"], answer.json()["winner"]) == ("decided", 4)
    assert await final_of(cup) == (4, None)
    note = (await court.hall.notes(cup.id))[-1]
    assert (note.action, note.actor_name, note.subject) == ("corrected", "Olga", "Match 1: P1 – P4")
    assert (note.before, note.after) == ("P1 won 5–3", "P4 won")
    assert note.reason == "A spectator stood on the cable."


async def test_a_correction_may_have_no_winner(court: Court) -> None:
    cup = await semifinal_over(court)
    assert (await cup.correct(1, None)).json()["winner"] == 0
    assert await final_of(cup) == (0, None)
    assert (await court.hall.notes(cup.id))[-1].after == "Neither player won"
    await cup.wins(2, 3)
    await court.look()
    assert await cup.places() == {1: 3, 2: 3, 3: 1, 4: 3}


async def test_a_forfeit_can_be_corrected(court: Court) -> None:
    cup = await court.begun(4)
    await cup.ready(1, cup.player(1))
    await cup.ready(2, cup.player(2))
    await court.pass_time(301)
    assert await cup.called() == [(1, 2)]
    assert (await cup.correct(1, 4)).status_code == 200
    assert await cup.called() == [(4, 2)]
    assert (await court.hall.notes(cup.id))[-1].before == "P1 won by forfeit"


async def test_repeating_a_correction_changes_nothing(court: Court) -> None:
    cup = await semifinal_over(court)
    first = await cup.correct(1, 4)
    before = await cup.bracket(), len(await court.hall.notes(cup.id))
    again = await cup.correct(1, 4, reason="I pressed twice.")
    assert again.json() == first.json()
    assert (await cup.bracket(), len(await court.hall.notes(cup.id))) == before


async def test_two_parallel_corrections_count_once(busy_court: Court) -> None:
    cup = await semifinal_over(busy_court)
    answers = await asyncio.gather(*(cup.correct(1, 4) for _ in range(4)))
    assert [each.status_code for each in answers] == [200] * 4
    notes = [each.action for each in await busy_court.hall.notes(cup.id)]
    assert notes.count("corrected") == 1


async def test_a_call_that_followed_is_replaced(court: Court) -> None:
    cup = await semifinal_over(court)
    await cup.wins(2, 2)
    await court.look()
    final = (await cup.pairings())[-1]["number"]
    await cup.ready(final, cup.player(1))
    court.hall.clock.advance(seconds=100)
    assert (await cup.correct(1, 4)).status_code == 200
    pairing = await cup.pairing(final)
    assert ({pairing["one"], pairing["other"]}, pairing["state"]) == ({2, 4}, "called")
    assert "one_ready" not in pairing
    deadline = court.hall.clock() + timedelta(seconds=300)
    assert pairing["deadline"] == deadline.isoformat().replace("+00:00", "Z")
    assert await cup.match_calls(1) == []


@pytest.mark.parametrize("how", ["has started or ended", "was played", "was given up"])
async def test_a_following_match_in_play_forbids_a_correction(court: Court, how: str) -> None:
    cup = await semifinal_over(court)
    await cup.wins(2, 2)
    await court.look()
    final = (await cup.pairings())[-1]["number"]
    match_id = await cup.both_ready(final)
    if how != "has started or ended":
        await cup.end(match_id, winner=cup.player(1), given_up=how == "was given up")
        await court.look()
    before = await cup.bracket()
    answer = await cup.correct(1, 4)
    assert refusal(answer) == (409, "already_followed")
    assert answer.json()["pairings"] == [final]
    assert await cup.bracket() == before
    assert (await court.hall.notes(cup.id))[-1].action != "corrected"


async def test_the_winner_of_a_finished_tournament_can_be_corrected_for_a_day(court: Court) -> None:
    cup = await court.begun(2)
    await cup.wins(1, 1)
    await court.look()
    court.hall.clock.advance(seconds=CORRECTABLE_FOR.total_seconds())
    assert (await cup.correct(1, 2)).status_code == 200
    assert (await cup.bracket())["state"] == "finished"
    assert await cup.places() == {1: 2, 2: 1}
    court.hall.clock.advance(seconds=1)
    assert refusal(await cup.correct(1, 1)) == (409, "not_now")


async def test_a_finished_tournament_continues_if_a_correction_requires_another_match(
    court: Court,
) -> None:
    cup = await court.begun(2, format="double_elimination")
    while (await cup.bracket())["state"] == "running":
        for each in await cup.pairings():
            if each["state"] == "called":
                await cup.wins(each["number"], 1)
        await court.look()
    [final] = [each for each in await cup.pairings() if each["section"] == "final"]
    assert (await cup.correct(final["number"], 2)).status_code == 200
    assert (await cup.bracket())["state"] == "running"
    assert await cup.places() == {1: None, 2: None}
    assert await cup.called() in ([(1, 2)], [(2, 1)])
    assert await cup.play_on() == 1
    assert await cup.places() == {1: 1, 2: 2}


async def test_in_swiss_a_drawn_round_is_drawn_again(court: Court) -> None:
    cup = await court.begun(4, format="swiss", rounds=2)
    for each in await cup.pairings():
        await cup.wins(each["number"], each["one"])
    await court.look()
    before = [(each["one"], each["other"]) for each in await cup.pairings() if each["round"] == 2]
    first = await cup.pairing(1)
    assert (await cup.correct(1, first["other"])).status_code == 200
    after = [(each["one"], each["other"]) for each in await cup.pairings() if each["round"] == 2]
    assert len(after) == 2
    assert after != before
    await cup.wins(3, after[0][0])
    await court.look()
    answer = await cup.correct(1, first["one"])
    assert refusal(answer) == (409, "already_followed")
    assert answer.json()["pairings"] == [3]


async def test_in_a_round_robin_a_correction_has_no_consequences(court: Court) -> None:
    cup = await court.begun(3, format="round_robin", rounds=1)
    await cup.play_on()
    played = next(each for each in await cup.pairings() if {each["one"], each["other"]} == {1, 3})
    assert (await cup.correct(played["number"], 3)).status_code == 200
    lines = {each["seed"]: each["score"] for each in (await cup.bracket())["standings"]}
    assert lines == {1: 1, 2: 1, 3: 1}


async def test_a_player_cannot_correct_and_an_administrator_can(court: Court) -> None:
    cup = await semifinal_over(court)
    hall = court.hall
    assert refusal(await cup.correct(1, 4, cup.player(4))) == (403, "not_organiser")
    assert await final_of(cup) == (1, None)
    assert (await cup.correct(1, 4, hall.player("Ada", "admin"))).status_code == 200
    assert (await hall.notes(cup.id))[-1].actor_name == "Ada"


async def test_an_unfinished_pairing_cannot_be_corrected(court: Court) -> None:
    cup = await court.begun(5)
    await cup.both_ready((await called_numbers(cup))[0])
    for each in await cup.pairings():
        answer = await cup.correct(each["number"], each["one"] or None)
        assert refusal(answer) == (409, "not_over"), "waiting, called, playing, and a bye"


async def called_numbers(cup: Cup) -> list[int]:
    return [each["number"] for each in await cup.pairings() if each["state"] == "called"]


async def test_the_winner_must_be_one_of_the_two_players(court: Court) -> None:
    cup = await semifinal_over(court)
    for winner in (2, 99, 2**40):
        answer = await cup.correct(1, winner)
        assert refusal(answer) == (400, "invalid")
        assert [each["field"] for each in answer.json()["errors"]] == ["winner"]


async def test_an_unknown_pairing_cannot_be_corrected(court: Court) -> None:
    cup = await semifinal_over(court)
    for number in (0, 77, 70_000, 2**70):
        assert refusal(await cup.correct(number, 1)) == (404, "no_such_pairing")


@pytest.mark.parametrize(
    "wish",
    [
        {"winner": 4},
        {"winner": 4, "reason": ""},
        {"winner": 4, "reason": "   "},
        {"winner": 4, "reason": "x" * 501},
        {"winner": 4, "reason": "\u202e"},
        {"winner": 0, "reason": "So."},
        {"reason": "So."},
    ],
)
async def test_a_malformed_correction_is_refused(court: Court, wish: dict[str, object]) -> None:
    cup = await semifinal_over(court)
    path = f"/{cup.id}/pairings/1/correction"
    assert refusal(await cup.organiser.ask("PUT", path, wish)) == (400, "invalid")


async def test_a_cancelled_tournament_cannot_be_corrected(court: Court) -> None:
    cup = await semifinal_over(court)
    await cup.organiser.cancel(cup.id)
    assert refusal(await cup.correct(1, 4)) == (409, "not_now")
