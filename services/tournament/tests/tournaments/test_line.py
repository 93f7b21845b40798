"""The waiting list."""

import asyncio

from services.tournament.tests.tournaments.entering import entered, own, states
from services.tournament.tests.tournaments.organising import Attendee, Hall
from tests.fixtures.streams import open_page
from tournament.tournaments.models import ENTERED, WAITING


async def crowd(hall: Hall, tournament_id: str, *names: str) -> list[Attendee]:
    """Let players enter one after another."""
    people = hall.players(*names)
    for each in people:
        hall.clock.advance(seconds=1)
        await entered(each, tournament_id)
    return people


async def line_of(who: Attendee, tournament_id: str) -> int | None:
    found = await own(who, tournament_id)
    line: int | None = None if found is None else found["line"]
    return line


async def test_later_entries_join_the_waiting_list(hall: Hall) -> None:
    cup = await hall.player("Orla").opened(size=2)
    _, _, cleo = await crowd(hall, cup, "Ann", "Ben", "Cleo")
    dan = hall.player("Dan")
    answer = await dan.enter(cup)
    assert (answer.status_code, answer.json()["state"], answer.json()["line"]) == (
        201,
        "waiting",
        2,
    )
    assert await line_of(cleo, cup) == 1
    shown = await dan.seen(cup)
    assert (shown["entries"], shown["waiting"]) == (2, 2)


async def test_a_withdrawal_admits_the_first_of_the_waiting_list(hall: Hall) -> None:
    cup = await hall.player("Orla").opened(size=2)
    ann, _, _, dan = await crowd(hall, cup, "Ann", "Ben", "Cleo", "Dan")
    assert (await ann.leave(cup)).status_code == 204
    assert await states(hall, cup) == {"Ben": ENTERED, "Cleo": ENTERED, "Dan": WAITING}
    assert await line_of(dan, cup) == 1


async def test_leaving_the_waiting_list_frees_no_place(hall: Hall) -> None:
    cup = await hall.player("Orla").opened(size=2)
    _, _, cleo, dan = await crowd(hall, cup, "Ann", "Ben", "Cleo", "Dan")
    await cleo.leave(cup)
    assert await states(hall, cup) == {"Ann": ENTERED, "Ben": ENTERED, "Dan": WAITING}
    assert await line_of(dan, cup) == 1


async def test_a_player_who_enters_again_is_last_on_the_waiting_list(hall: Hall) -> None:
    cup = await hall.player("Orla").opened(size=2)
    ann, _, _ = await crowd(hall, cup, "Ann", "Ben", "Cleo")
    await ann.leave(cup)
    hall.clock.advance(seconds=1)
    await entered(ann, cup)
    assert await states(hall, cup) == {"Ben": ENTERED, "Cleo": ENTERED, "Ann": WAITING}


async def test_a_new_entry_does_not_overtake_the_waiting_list(hall: Hall) -> None:
    """This holds whatever freed a place."""
    cup = await hall.player("Orla").opened(size=2)
    await crowd(hall, cup, "Ann", "Ben", "Cleo")
    await hall.execute("UPDATE tournaments SET size = 3 WHERE id = :id", id=cup)
    await crowd(hall, cup, "Dan")
    assert await states(hall, cup) == {
        "Ann": ENTERED,
        "Ben": ENTERED,
        "Cleo": ENTERED,
        "Dan": WAITING,
    }


async def test_leaving_without_an_entry_or_twice_changes_nothing(hall: Hall) -> None:
    cup = await hall.player("Orla").opened()
    ann, zoe = hall.players("Ann", "Zoe")
    await entered(ann, cup)
    assert (await zoe.leave(cup)).status_code == 204
    assert await states(hall, cup) == {"Ann": ENTERED}
    for _ in range(2):
        assert (await ann.leave(cup)).status_code == 204
    assert await states(hall, cup) == {}


async def test_entries_of_a_cancelled_tournament_remain(hall: Hall) -> None:
    orla, ann = hall.players("Orla", "Ann")
    cup = await orla.opened()
    await entered(ann, cup)
    await orla.cancel(cup)
    assert (await ann.leave(cup)).status_code == 204
    assert await states(hall, cup) == {"Ann": ENTERED}


async def test_fifty_parallel_entries_for_eight_places(busy_hall: Hall) -> None:
    hall = busy_hall
    cup = await hall.player("Orla").opened(size=8)
    people = hall.players(*(f"P{number}" for number in range(50)))
    answers = await asyncio.gather(*(each.enter(cup) for each in people))
    assert {answer.status_code for answer in answers} == {201}
    entries = await hall.entries(cup)
    assert sum(each.state == ENTERED for each in entries) == 8
    waiting = [each.player_id for each in entries if each.state == WAITING]
    assert len(waiting) == 42
    by_id = {each.id: each for each in people}
    lines = [await line_of(by_id[player_id], cup) for player_id in waiting if player_id]
    assert lines == list(range(1, 43))


async def test_parallel_entries_and_withdrawals_leave_no_place_empty(busy_hall: Hall) -> None:
    hall = busy_hall
    cup = await hall.player("Orla").opened(size=8)
    first = await crowd(hall, cup, *(f"A{number}" for number in range(12)))
    second = hall.players(*(f"B{number}" for number in range(20)))
    answers = await asyncio.gather(
        *(each.leave(cup) for each in first), *(each.enter(cup) for each in second)
    )
    assert {answer.status_code for answer in answers} == {201, 204}
    entries = await hall.entries(cup)
    assert {each.player_id for each in entries} == {each.id for each in second}
    assert sum(each.state == ENTERED for each in entries) == 8


async def test_twenty_parallel_withdrawals_of_a_player_free_one_place(busy_hall: Hall) -> None:
    hall = busy_hall
    cup = await hall.player("Orla").opened(size=2)
    ann, *_ = await crowd(hall, cup, "Ann", "Ben", "Cleo", "Dan")
    answers = await asyncio.gather(*(ann.leave(cup) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {204}
    assert await states(hall, cup) == {"Ben": ENTERED, "Cleo": ENTERED, "Dan": WAITING}


async def test_an_admitted_player_is_signalled_on_all_pages(live_hall: Hall) -> None:
    cup = await live_hall.player("Orla").opened(size=2)
    ann, _, cleo = await crowd(live_hall, cup, "Ann", "Ben", "Cleo")
    client, headers = live_hall.client, cleo.person.headers
    async with open_page(client, "/api/tournament/events", headers, event="games") as page:
        await ann.leave(cup)
        await page.hears(2)
    assert (await states(live_hall, cup))["Cleo"] == ENTERED
