"""Changes of a tournament: every setting of a draft, few after it was opened."""

import asyncio
from typing import Any

import pytest

from contracts.tournament.tournaments import TournamentChange, TournamentSettings
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.clients import refusal


def test_every_setting_can_be_changed() -> None:
    assert TournamentChange.__struct_fields__ == TournamentSettings.__struct_fields__


async def test_all_settings_of_a_draft_can_be_changed(hall: Hall) -> None:
    alice = hall.player("Alice")
    draft = await alice.created(third_place=True)
    changes = {
        "name": "Winter cup",
        "description": "Cold.",
        "format": "swiss",
        "size": 16,
        "points": 11,
        "rated": True,
        "visibility": "link",
        "third_place": False,
        "rounds": 5,
        "ready_seconds": 60,
        "check_in_minutes": 10,
    }
    answer = await alice.change(draft, starts_at=hall.in_minutes(30), **changes)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {field: found[field] for field in changes} == changes
    assert found["invitation"] is not None
    assert (await alice.change(draft, visibility="public")).json()["invitation"] is None
    assert await hall.notes(draft) == []


async def test_settings_without_use_in_another_format_are_reset(hall: Hall) -> None:
    alice = hall.player("Alice")
    draft = await alice.created(third_place=True)
    found = (await alice.change(draft, format="round_robin")).json()
    assert (found["third_place"], found["rounds"]) == (False, 1)
    found = (await alice.change(draft, format="double_elimination")).json()
    assert found["rounds"] is None


async def test_an_old_invalid_name_is_kept_when_another_field_changes(hall: Hall) -> None:
    alice = hall.player("Alice")
    draft = await alice.created()
    tower = "C" + 79 * "\u0316"
    await hall.execute("UPDATE tournaments SET name = :name", name=tower)
    answer = await alice.change(draft, name=tower, points=11)
    assert (answer.status_code, answer.json()["name"]) == (200, tower)


async def test_each_change_of_an_open_tournament_is_in_the_audit_log(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    revision = (await alice.seen(tournament_id))["revision"]
    answer = await alice.change(tournament_id, name="Winter cup", size=16)
    assert (answer.status_code, answer.json()["name"]) == (200, "Winter cup")
    assert answer.json()["revision"] > revision
    notes = (await hall.notes(tournament_id))[1:]
    assert [(each.action, each.subject, each.before, each.after) for each in notes] == [
        ("changed", "name", "Sunday cup", "Winter cup"),
        ("changed", "size", "8", "16"),
    ]
    assert {each.actor_name for each in notes} == {"Alice"}


async def test_an_unchanged_value_is_not_logged(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    before = await alice.seen(tournament_id)
    for changes in ({}, {"name": "Sunday cup", "format": "single_elimination", "points": 5}):
        assert (await alice.change(tournament_id, **changes)).json() == before
    assert len(await hall.notes(tournament_id)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "swiss"},
        {"points": 11},
        {"rated": True},
        {"visibility": "link"},
        {"third_place": True},
        {"ready_seconds": 60},
        {"name": "Other", "points": 11},
    ],
)
async def test_settings_that_entrants_rely_on_cannot_be_changed(
    hall: Hall, changes: dict[str, Any]
) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened()
    before = await alice.seen(tournament_id)
    assert refusal(await alice.change(tournament_id, **changes)) == (409, "not_now")
    assert await alice.seen(tournament_id) == before


async def test_the_size_cannot_be_below_the_number_of_players(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened(size=4)
    await hall.put_in(tournament_id, *hall.players("Bob", "Cleo", "Dan"))
    assert refusal(await alice.change(tournament_id, size=2)) == (409, "too_small")
    assert (await alice.change(tournament_id, size=3)).json()["size"] == 3


async def test_a_larger_size_admits_players_from_the_waiting_list(hall: Hall) -> None:
    alice, *others = hall.players("Alice", "Bob", "Cleo", "Dan", "Eve")
    tournament_id = await alice.opened(size=2)
    await hall.put_in(tournament_id, *others[:2])
    await hall.put_in(tournament_id, *others[2:], state="waiting")
    await alice.change(tournament_id, size=3)
    states = {each.name: each.state for each in await hall.entries(tournament_id)}
    assert states == {"Bob": "entered", "Cleo": "entered", "Dan": "entered", "Eve": "waiting"}


async def test_a_start_time_that_has_passed_meanwhile_is_kept(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.opened(registration_closes_at=hall.in_minutes(5))
    hall.clock.advance(seconds=600)
    assert (await alice.change(tournament_id, name="Late")).status_code == 200
    again = await alice.change(tournament_id, registration_closes_at=hall.in_minutes(-1))
    assert refusal(again) == (400, "invalid")


async def test_a_much_later_start_resets_check_ins(hall: Hall) -> None:
    alice, bob = hall.players("Alice", "Bob")
    tournament_id = await alice.opened(starts_at=hall.in_minutes(5), check_in_minutes=10)
    await hall.put_in(tournament_id, bob, checked_in=True)
    await alice.change(tournament_id, starts_at=hall.in_minutes(8))
    assert (await alice.seen(tournament_id))["checked_in"] == 1
    await alice.change(tournament_id, starts_at=hall.in_minutes(60))
    assert (await alice.seen(tournament_id))["checked_in"] == 0


async def test_invalid_changes_are_refused(hall: Hall) -> None:
    alice = hall.player("Alice")
    draft = await alice.created()
    for changes in (
        {"name": "\u0000"},
        {"name": ""},
        {"size": 1},
        {"rounds": 3},
        {"check_in_minutes": 5},
        {"starts_at": hall.in_minutes(-5)},
    ):
        assert refusal(await alice.change(draft, **changes)) == (400, "invalid")


async def test_an_administrator_can_change_a_tournament_and_is_named(hall: Hall) -> None:
    ada = hall.player("Ada", "admin")
    tournament_id = await hall.player("Alice").opened()
    assert (await ada.change(tournament_id, name="Tidy")).json()["name"] == "Tidy"
    assert (await hall.notes(tournament_id))[-1].actor_name == "Ada"


async def test_a_running_or_cancelled_tournament_cannot_be_changed(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    running, cancelled = await alice.started(bob, cleo), await alice.opened()
    await alice.cancel(cancelled)
    for tournament_id in (running, cancelled):
        assert refusal(await alice.change(tournament_id, name="X")) == (409, "not_now")


async def test_many_parallel_changes_all_count(busy_hall: Hall) -> None:
    alice = busy_hall.player("Alice")
    tournament_id = await alice.opened()
    answers = await asyncio.gather(
        *(alice.change(tournament_id, name=f"Cup {number}") for number in range(10))
    )
    assert {each.status_code for each in answers} == {200}
    notes = (await busy_hall.notes(tournament_id))[1:]
    assert len(notes) == 10
    in_order = sorted(notes, key=lambda each: each.id)
    assert len({each.before for each in in_order}) == 10, "each saw what the one before had written"
    assert (await alice.seen(tournament_id))["revision"] == 11
