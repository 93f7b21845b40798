"""The manual start: absent players are dropped, the waiting list moves up, seeds are assigned, and
the first pairings are called."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.clients import refusal
from tournament.pairings.models import Pairing


async def states(hall: Hall, tournament_id: str) -> dict[str, str]:
    return {each.name: each.state for each in await hall.entries(tournament_id)}


async def count_pairings(hall: Hall, tournament_id: str) -> int:
    async with hall.db.get_session() as session:
        counted = await session.scalar(
            select(func.count()).where(Pairing.tournament_id == UUID(tournament_id))
        )
    return counted or 0


async def test_players_get_seeds_by_rating_and_are_called(hall: Hall) -> None:
    alice, *people = hall.players("Alice", "Bob", "Cleo", "Dan")
    tournament_id = await alice.opened()
    await hall.put_in(tournament_id, *people, ratings=(1500, 1700, 1500))
    answer = await alice.start(tournament_id)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["state"], found["entries"]) == ("running", 3)
    assert found["started_at"] is not None
    seeds = {each.name: each.seed for each in await hall.entries(tournament_id)}
    assert seeds == {"Cleo": 1, "Bob": 2, "Dan": 3}
    assert set((await states(hall, tournament_id)).values()) == {"playing"}
    assert (await hall.tournament(tournament_id)).entrants == 3
    called = [(await each.ask("GET", "/summons")).json() for each in people]
    assert [len(each) for each in called] == [1, 0, 1]
    note = (await hall.notes(tournament_id))[-1]
    assert (note.action, note.after, note.actor_name) == ("started", "3 players", "Alice")


async def test_players_who_have_not_checked_in_are_replaced_from_the_waiting_list(
    hall: Hall,
) -> None:
    alice, bob, cleo, dan, eve, fay = hall.players("Alice", "Bob", "Cleo", "Dan", "Eve", "Fay")
    tournament_id = await alice.opened(size=2, starts_at=hall.in_minutes(5), check_in_minutes=10)
    await hall.put_in(tournament_id, bob, checked_in=True)
    await hall.put_in(tournament_id, cleo)
    await hall.put_in(tournament_id, dan, state="waiting")
    hall.clock.advance(seconds=1)
    await hall.put_in(tournament_id, eve, fay, state="waiting", checked_in=True)
    await alice.start(tournament_id)
    assert await states(hall, tournament_id) == {
        "Bob": "playing",
        "Cleo": "dropped",
        "Dan": "dropped",
        "Eve": "playing",
        "Fay": "dropped",
    }


async def test_without_check_in_only_the_rest_of_the_waiting_list_is_dropped(hall: Hall) -> None:
    alice, bob, cleo, dan = hall.players("Alice", "Bob", "Cleo", "Dan")
    tournament_id = await alice.opened(size=2)
    await hall.put_in(tournament_id, bob)
    await hall.put_in(tournament_id, cleo, dan, state="waiting")
    await alice.start(tournament_id)
    assert await states(hall, tournament_id) == {
        "Bob": "playing",
        "Cleo": "playing",
        "Dan": "dropped",
    }


async def test_too_few_players_change_nothing(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(5), check_in_minutes=10)
    await hall.put_in(tournament_id, bob, checked_in=True)
    await hall.put_in(tournament_id, cleo)
    before = await alice.seen(tournament_id)
    assert refusal(await alice.start(tournament_id)) == (409, "too_few")
    assert await alice.seen(tournament_id) == before
    assert await states(hall, tournament_id) == {"Bob": "entered", "Cleo": "entered"}


@pytest.mark.parametrize(
    ("players", "wanted", "rounds"),
    [(2, None, 1), (3, None, 2), (4, None, 2), (5, None, 3), (9, None, 4), (4, 9, 3), (5, 9, 5)],
)
async def test_swiss_has_enough_rounds_but_not_too_many(
    hall: Hall, players: int, wanted: int | None, rounds: int
) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened(format="swiss", size=16, rounds=wanted)
    await hall.put_in(tournament_id, *hall.players(*(f"P{each}" for each in range(players))))
    assert (await alice.start(tournament_id)).json()["rounds"] == rounds


@pytest.mark.parametrize("format_", ["double_elimination", "round_robin", "swiss"])
async def test_every_format_can_start(hall: Hall, format_: str) -> None:
    alice, *people = hall.players("Alice", "Bob", "Cleo", "Dan", "Eve", "Fay")
    tournament_id = await alice.started(*people, format=format_)
    assert (await alice.seen(tournament_id))["state"] == "running"
    assert await count_pairings(hall, tournament_id) > 0


async def test_starting_twice_changes_nothing(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.started(bob, cleo)
    before = await alice.seen(tournament_id)
    answer = await alice.start(tournament_id)
    assert (answer.status_code, answer.json()) == (200, before)


async def test_a_draft_or_finished_tournament_cannot_start(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    draft, cancelled, finished = (
        await alice.created(),
        await alice.opened(),
        await alice.started(bob, cleo),
    )
    await alice.cancel(cancelled)
    await hall.execute(
        "UPDATE tournaments SET state = 'finished', ended_at = now() WHERE state = 'running'"
    )
    for tournament_id in (draft, cancelled, finished):
        assert refusal(await alice.start(tournament_id)) == (409, "not_now")


async def test_an_administrator_can_start_a_tournament_and_a_player_cannot(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened()
    await hall.put_in(tournament_id, bob, cleo)
    assert refusal(await bob.start(tournament_id)) == (403, "not_organiser")
    answer = await hall.player("Ada", "admin").start(tournament_id)
    assert answer.json()["state"] == "running"


async def test_many_parallel_starts_count_once(busy_hall: Hall) -> None:
    alice, ada, *people = busy_hall.players("Alice", "Ada", "Bob", "Cleo", "Dan", "Eve")
    ada = busy_hall.player("Ada", "admin")
    tournament_id = await alice.opened()
    await busy_hall.put_in(tournament_id, *people)
    answers = await asyncio.gather(*(each.start(tournament_id) for each in [alice, ada] * 5))
    assert {each.status_code for each in answers} == {200}
    assert len({each.json()["started_at"] for each in answers}) == 1
    assert [each.action for each in await busy_hall.notes(tournament_id)] == ["opened", "started"]
    assert sorted(each.seed or 0 for each in await busy_hall.entries(tournament_id)) == [1, 2, 3, 4]


async def test_a_tournament_of_a_thousand_players_starts(busy_hall: Hall) -> None:
    alice = busy_hall.player("Alice")
    tournament_id = await alice.opened(size=1024)
    await busy_hall.put_in(
        tournament_id, *(busy_hall.unverified(f"P{each}") for each in range(1024))
    )
    assert (await alice.start(tournament_id)).json()["entries"] == 1024
    seeds = [each.seed for each in await busy_hall.entries(tournament_id)]
    assert seeds == list(range(1, 1025))
