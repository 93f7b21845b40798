"""Withdrawing from a running tournament, and returning to a Swiss one."""

import asyncio

from services.tournament.tests.tournaments.entering import (
    SWISS,
    come_back,
    disqualify,
    entry_id_of,
    own,
    set_round,
    states,
)
from services.tournament.tests.tournaments.organising import Attendee, Hall
from tests.fixtures.clients import refusal


async def outcomes_of(who: Attendee, tournament_id: str) -> list[tuple[str | None, int | None]]:
    """Return how each pairing ended, and its winner."""
    answer = await who.ask("GET", f"/{tournament_id}/bracket")
    assert answer.status_code == 200, answer.text
    return [(each.get("how"), each.get("winner")) for each in answer.json()["pairings"]]


async def test_leaving_a_running_tournament_withdraws_and_loses(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    assert (await ann.leave(cup)).status_code == 204
    found = await own(ann, cup)
    assert found is not None
    assert (found["state"], found["place"]) == ("withdrawn", 2)
    shown = await orla.seen(cup)
    assert (shown["state"], shown["winner"]) == ("finished", "Ben")
    assert await outcomes_of(orla, cup) == [("forfeit", 2)]


async def test_withdrawing_twice_changes_nothing(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.started(*people)
    await people[0].leave(cup)
    before = (await hall.tournament(cup)).revision
    assert (await people[0].leave(cup)).status_code == 204
    assert (await hall.tournament(cup)).revision == before
    assert (await people[0].enter(cup)).status_code == 200
    assert (await states(hall, cup))["Ann"] == "withdrawn"


async def test_leaving_a_finished_tournament_changes_nothing(hall: Hall) -> None:
    orla, ann, ben = hall.players("Orla", "Ann", "Ben")
    cup = await orla.started(ann, ben)
    await ann.leave(cup)
    assert (await ben.leave(cup)).status_code == 204
    assert await states(hall, cup) == {"Ann": "withdrawn", "Ben": "playing"}


async def test_strangers_and_dropped_players_have_nothing_to_withdraw_from(hall: Hall) -> None:
    orla, ann, ben, cleo, zoe = hall.players("Orla", "Ann", "Ben", "Cleo", "Zoe")
    cup = await orla.opened(size=2)
    await hall.put_in(cup, ann, ben)
    await hall.put_in(cup, cleo, state="waiting")
    await orla.start(cup)
    for each in (cleo, zoe):
        assert (await each.leave(cup)).status_code == 204
    assert sorted((await states(hall, cup)).items()) == [
        ("Ann", "playing"),
        ("Ben", "playing"),
        ("Cleo", "dropped"),
    ]


async def test_a_withdrawn_player_can_return_to_a_swiss_tournament(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    night = await orla.started(*people, wish=SWISS, rounds=3)
    ann = people[0]
    await ann.leave(night)
    lost = await outcomes_of(orla, night)
    assert lost.count(("forfeit", None)) == 0
    assert [how for how, _ in lost].count("forfeit") == 1
    answer = await come_back(ann, night)
    assert (answer.status_code, answer.json()["state"]) == (200, "playing")
    # The current round remains lost.
    assert await outcomes_of(orla, night) == lost


async def test_returning_twice_counts_once(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    night = await orla.started(*people, wish=SWISS, rounds=3)
    await people[0].leave(night)
    first = await come_back(people[0], night)
    revision = (await hall.tournament(night)).revision
    again = await come_back(people[0], night)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await hall.tournament(night)).revision == revision


async def test_returning_is_refused_if_no_round_follows(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    night = await orla.started(*people, wish=SWISS, rounds=3)
    await people[0].leave(night)
    await set_round(hall, night, 3)
    assert refusal(await come_back(people[0], night)) == (409, "not_now")
    assert (await states(hall, night))["Ann"] == "withdrawn"


async def test_returning_to_an_elimination_is_refused(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.started(*people)
    await people[0].leave(cup)
    for each in people[:2]:
        assert refusal(await come_back(each, cup)) == (409, "not_now")


async def test_a_disqualified_player_cannot_return(hall: Hall) -> None:
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    night = await orla.started(*people, wish=SWISS, rounds=3)
    await disqualify(orla, night, await entry_id_of(hall, night, people[0]))
    assert refusal(await come_back(people[0], night)) == (409, "not_now")
    assert (await people[0].leave(night)).status_code == 204
    assert (await states(hall, night))["Ann"] == "disqualified"


async def test_returning_before_the_start_is_refused(hall: Hall) -> None:
    orla, ann = hall.players("Orla", "Ann")
    night = await orla.opened(SWISS)
    await ann.enter(night)
    assert refusal(await come_back(ann, night)) == (409, "not_now")


async def test_twenty_parallel_withdrawals_count_once(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.started(*people)
    answers = await asyncio.gather(*(people[0].leave(cup) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {204}
    assert (await states(hall, cup))["Ann"] == "withdrawn"


async def test_the_tournament_ends_if_all_players_withdraw_in_parallel(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    cup = await orla.started(*people)
    answers = await asyncio.gather(*(each.leave(cup) for each in people))
    assert {answer.status_code for answer in answers} == {204}
    assert (await orla.seen(cup))["state"] == "finished"
