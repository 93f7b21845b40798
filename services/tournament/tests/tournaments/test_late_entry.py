"""Late entry into a Swiss tournament."""

import asyncio

import pytest

from services.tournament.tests.tournaments.entering import (
    SWISS,
    disqualify,
    entered,
    entry_id_of,
    entry_page,
    own,
    set_round,
    states,
)
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.clients import refusal


async def test_a_late_entry_is_seeded_last(hall: Hall) -> None:
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan", "Eve")
    night = await orla.started(*people, wish=SWISS)
    answer = await late.enter(night)
    assert (answer.status_code, answer.json()["state"], answer.json()["seed"]) == (
        201,
        "playing",
        5,
    )
    assert await own(late, night) == answer.json()
    shown = (await entry_page(orla, night))["items"]
    assert [(each["name"], each["seed"], each["late"]) for each in shown][3:] == [
        ("Dan", 4, False),
        ("Eve", 5, True),
    ]
    assert (await hall.tournament(night)).entrants == 4
    assert (await orla.seen(night))["entries"] == 5


async def test_entering_late_again_returns_the_same_entry(hall: Hall) -> None:
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan", "Eve")
    night = await orla.started(*people, wish=SWISS)
    first = await late.enter(night)
    again = await late.enter(night)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("number", "rounds", "open_still"), [(1, 4, True), (2, 4, True), (3, 4, False), (1, 1, False)]
)
async def test_late_entry_is_possible_until_half_of_the_rounds_have_begun(
    hall: Hall, number: int, rounds: int, open_still: bool
) -> None:
    orla, *people, late = hall.players("Orla", "A", "B", "C", "D", "E", "F", "Eve")
    night = await orla.started(*people, wish=SWISS, rounds=rounds)
    await set_round(hall, night, number)
    shown = await late.seen(night)
    answer = await late.enter(night)
    assert shown["may_enter"] is open_still
    if open_still:
        assert answer.status_code == 201
    else:
        assert refusal(answer) == (409, "closed")


async def test_the_size_limits_late_entries(hall: Hall) -> None:
    """A withdrawn player may return and keeps the place; a disqualified player may not."""
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan", "Eve")
    night = await orla.started(*people, wish=SWISS, size=4)
    assert refusal(await late.enter(night)) == (409, "closed")
    await people[0].leave(night)
    assert refusal(await late.enter(night)) == (409, "closed")
    await disqualify(orla, night, await entry_id_of(hall, night, people[0]))
    await entered(late, night)


async def test_a_dropped_player_may_enter_late(hall: Hall) -> None:
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan", "Eve")
    night = await orla.opened(SWISS, starts_at=hall.in_minutes(10), check_in_minutes=5)
    await hall.put_in(night, *people, checked_in=True)
    await entered(late, night)
    assert (await orla.start(night)).status_code == 200
    assert (await states(hall, night))["Eve"] == "dropped"
    first = await entry_id_of(hall, night, late)
    assert (await late.seen(night))["may_enter"] is True
    answer = await late.enter(night)
    assert (answer.status_code, answer.json()["state"]) == (201, "playing")
    assert answer.json()["id"] == first


async def test_other_formats_refuse_late_entries(hall: Hall) -> None:
    orla, ann, ben, late = hall.players("Orla", "Ann", "Ben", "Eve")
    cup = await orla.started(ann, ben)
    assert refusal(await late.enter(cup)) == (409, "closed")
    assert await states(hall, cup) == {"Ann": "playing", "Ben": "playing"}


async def test_a_late_entry_by_invitation_needs_the_invitation(hall: Hall) -> None:
    orla, *people, late = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan", "Eve")
    night = await orla.started(*people, wish=SWISS, visibility="link")
    assert refusal(await late.enter(night)) == (403, "invitation_needed")
    await entered(late, night, (await orla.seen(night))["invitation"])


async def test_parallel_late_entries_get_different_numbers(busy_hall: Hall) -> None:
    hall = busy_hall
    orla, *people = hall.players("Orla", "Ann", "Ben", "Cleo", "Dan")
    night = await orla.started(*people, wish=SWISS, size=12)
    late = hall.players(*(f"L{number}" for number in range(20)))
    answers = await asyncio.gather(*(each.enter(night) for each in late))
    in_time = [answer for answer in answers if answer.status_code == 201]
    assert sorted(answer.json()["seed"] for answer in in_time) == list(range(5, 13))
    assert {refusal(each) for each in answers if each not in in_time} == {(409, "closed")}
