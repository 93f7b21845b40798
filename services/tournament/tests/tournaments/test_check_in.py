"""Check-in during the last minutes before the start."""

import asyncio

from services.tournament.tests.tournaments.entering import disqualify, entered, states
from services.tournament.tests.tournaments.organising import Attendee, Hall
from tests.fixtures.clients import refusal


async def cup_at_eight(hall: Hall, organiser: Attendee, size: int = 8) -> str:
    """Create a tournament that starts in an hour, with check-in during the last ten minutes."""
    return await organiser.opened(starts_at=hall.in_minutes(60), check_in_minutes=10, size=size)


async def test_a_player_can_check_in(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await cup_at_eight(hall, orla)
    await entered(alice, cup)
    hall.clock.advance(seconds=50 * 60)
    answer = await alice.check_in(cup)
    assert (answer.status_code, answer.json()["checked_in"]) == (200, True)
    [entry] = await hall.entries(cup)
    assert entry.checked_in_at == hall.clock()
    assert (await orla.seen(cup))["checked_in"] == 1


async def test_a_repeated_check_in_changes_nothing(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await cup_at_eight(hall, orla)
    await entered(alice, cup)
    hall.clock.advance(seconds=55 * 60)
    first = await alice.check_in(cup)
    [before] = await hall.entries(cup)
    revision = (await hall.tournament(cup)).revision
    hall.clock.advance(seconds=60)
    again = await alice.check_in(cup)
    assert (again.status_code, again.json()) == (200, first.json())
    [entry] = await hall.entries(cup)
    assert entry.checked_in_at == before.checked_in_at
    assert (await hall.tournament(cup)).revision == revision


async def test_check_in_is_open_in_the_last_minutes_only(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    cup = await cup_at_eight(hall, orla)
    await entered(alice, cup)
    hall.clock.advance(seconds=50 * 60 - 1)
    assert refusal(await alice.check_in(cup)) == (409, "not_now")
    hall.clock.advance(seconds=10 * 60 + 1)
    assert refusal(await alice.check_in(cup)) == (409, "not_now")
    [entry] = await hall.entries(cup)
    assert entry.checked_in_at is None


async def test_players_on_the_waiting_list_can_check_in(hall: Hall) -> None:
    orla, ann, ben, cleo = hall.players("Orla", "Ann", "Ben", "Cleo")
    cup = await cup_at_eight(hall, orla, size=2)
    for each in (ann, ben, cleo):
        hall.clock.advance(seconds=1)
        await entered(each, cup)
    hall.clock.advance(seconds=55 * 60)
    answer = await cleo.check_in(cup)
    assert (answer.json()["checked_in"], answer.json()["line"]) == (True, 1)
    await ann.check_in(cup)
    assert (await orla.start(cup)).status_code == 200
    assert await states(hall, cup) == {"Ann": "playing", "Ben": "dropped", "Cleo": "playing"}


async def test_a_tournament_without_check_in_refuses_it(hall: Hall) -> None:
    orla, alice = hall.players("Orla", "Alice")
    for cup in (await orla.opened(), await orla.opened(starts_at=hall.in_minutes(1))):
        await entered(alice, cup)
        assert refusal(await alice.check_in(cup)) == (409, "not_now")


async def test_a_removed_player_cannot_check_in(hall: Hall) -> None:
    orla, ben = hall.players("Orla", "Ben")
    cup = await cup_at_eight(hall, orla)
    removed = await entered(ben, cup)
    await disqualify(orla, cup, removed)
    hall.clock.advance(seconds=55 * 60)
    assert refusal(await ben.check_in(cup)) == (404, "not_entered")


async def test_many_parallel_check_ins_all_count(busy_hall: Hall) -> None:
    hall = busy_hall
    orla = hall.player("Orla")
    cup = await cup_at_eight(hall, orla, size=16)
    people = hall.players(*(f"P{number}" for number in range(16)))
    await hall.put_in(cup, *people)
    hall.clock.advance(seconds=55 * 60)
    answers = await asyncio.gather(*(each.check_in(cup) for each in people for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await orla.seen(cup))["checked_in"] == 16
