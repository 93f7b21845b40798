"""Creation of a tournament as a draft that only its organiser sees."""

import asyncio
from typing import Any

import pytest

from services.tournament.tests.tournaments.organising import CUP, Answer, Hall
from tests.fixtures.clients import refusal
from tournament.lifecycle.creation import MOST_UNFINISHED_TOURNAMENTS


def errors(answer: Answer) -> set[str]:
    """Return the names of the invalid fields."""
    assert refusal(answer) == (400, "invalid"), answer.text
    return {each["field"] for each in answer.json()["errors"]}


async def test_a_new_tournament_is_a_draft_of_its_organiser(hall: Hall) -> None:
    alice = hall.player("Alice")
    answer = await alice.create(description="  Bring cake.\r\nAnd tea. ", name="  Cup ")
    assert answer.status_code == 201
    found = answer.json()
    assert (found["state"], found["kind"], found["entries"]) == ("draft", "online", 0)
    assert found["organiser"] == {"id": str(alice.id), "name": "Alice"}
    assert (found["name"], found["description"]) == ("Cup", "Bring cake.\nAnd tea.")
    assert (found["organised"], found["may_enter"], found["own"]) == (True, False, None)
    assert found["seeding"] == "rating"
    assert await alice.seen(found["id"]) == found


async def test_all_settings_are_stored(hall: Hall) -> None:
    wish = {
        "name": "League",
        "format": "swiss",
        "size": 1024,
        "points": 21,
        "rated": True,
        "visibility": "link",
        "rounds": 9,
        "ready_seconds": 60,
        "registration_closes_at": hall.in_minutes(50),
        "starts_at": hall.in_minutes(60),
        "check_in_minutes": 15,
    }
    found = (await hall.player("Alice").create(wish)).json()
    times = ("registration_closes_at", "starts_at")
    for field in wish.keys() - set(times):
        assert found[field] == wish[field]
    for field in times:
        assert found[field] == str(wish[field]).replace("+00:00", "Z")


async def test_only_the_organiser_gets_the_invitation(hall: Hall) -> None:
    alice, bob = hall.players("Alice", "Bob")
    tournament_id = await alice.opened(visibility="link")
    invitation = (await alice.seen(tournament_id))["invitation"]
    assert len(invitation) >= 20
    assert (await bob.seen(tournament_id))["invitation"] is None
    assert (await alice.seen(await alice.created()))["invitation"] is None


@pytest.mark.parametrize(("format_", "rounds"), [("round_robin", 1), ("swiss", None)])
async def test_rounds_are_optional(hall: Hall, format_: str, rounds: int | None) -> None:
    answer = await hall.player("Alice").create(format=format_)
    assert answer.json()["rounds"] == rounds


async def test_times_without_a_zone_are_utc(hall: Hall) -> None:
    starts_at = hall.in_minutes(60).removesuffix("+00:00")
    found = (await hall.player("Alice").create(starts_at=starts_at)).json()
    assert found["starts_at"] == f"{starts_at}Z"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": " \u200b "}, {"name"}),
        ({"name": "Cup\u0000"}, {"name"}),
        ({"name": "two\nlines"}, {"name"}),
        ({"name": "\u202epuc"}, {"name"}),
        ({"name": "C" + 79 * "\u0316"}, {"name"}),
        ({"description": "C" + 79 * "\u0316"}, {"description"}),
        ({"description": "bell\u0007"}, {"description"}),
        ({"format": "round_robin", "size": 33}, {"size"}),
        ({"format": "round_robin", "rounds": 3}, {"rounds"}),
        ({"format": "double_elimination", "third_place": True}, {"third_place"}),
        ({"rounds": 3}, {"rounds"}),
        ({"check_in_minutes": 5}, {"check_in_minutes"}),
        ({"aliases": ["Ann", "Ben"]}, {"aliases"}),
        ({"name": "\u0000", "rounds": 3, "check_in_minutes": 5}, {"name", "rounds", "check_in_minutes"}),
    ],
)  # fmt: skip
async def test_invalid_settings_are_refused_field_by_field(
    hall: Hall, changes: dict[str, Any], fields: set[str]
) -> None:
    assert errors(await hall.player("Alice").create(**changes)) == fields


@pytest.mark.parametrize(
    ("closes", "starts", "fields"),
    [
        (None, -1, {"starts_at"}),
        (None, 0, {"starts_at"}),
        (None, 60 * 24 * 366, {"starts_at"}),
        (-1, None, {"registration_closes_at"}),
        (61, 60, {"registration_closes_at"}),
        (60 * 24 * 366, None, {"registration_closes_at"}),
    ],
)
async def test_times_must_be_in_the_future_and_in_order(
    hall: Hall, closes: int | None, starts: int | None, fields: set[str]
) -> None:
    times = {
        "registration_closes_at": None if closes is None else hall.in_minutes(closes),
        "starts_at": None if starts is None else hall.in_minutes(starts),
    }
    assert errors(await hall.player("Alice").create(**times)) == fields


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_beyond_the_calendar_is_refused(hall: Hall, time: str) -> None:
    assert errors(await hall.player("Alice").create(starts_at=time)) == {"starts_at"}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"description": "x" * 2001},
        {"format": "ladder"},
        {"size": 1},
        {"size": 1025},
        {"points": 4},
        {"ready_seconds": 29},
        {"rounds": 31, "format": "swiss"},
        {"starts_at": "tomorrow"},
        {"check_in_minutes": 121},
        {"kind": "arena"},
        {"aliases": "Ann"},
    ],
)
async def test_a_malformed_request_is_refused(hall: Hall, changes: dict[str, Any]) -> None:
    answer = await hall.player("Alice").create(**changes)
    assert refusal(answer)[0] == 400
    assert await hall.player("Alice").listed("mine") == []


async def test_a_body_that_is_no_object_is_refused(hall: Hall) -> None:
    alice = hall.player("Alice")
    assert refusal(await alice.ask("POST", "", {"name": "Cup"})) == (400, "invalid")


async def test_the_same_idempotency_key_returns_the_same_tournament(hall: Hall) -> None:
    alice, bob = hall.players("Alice", "Bob")
    first = await alice.create(key="form-1")
    again = await alice.create(key="form-1", name="Another")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    for other in (await alice.create(key="form-2"), await bob.create(key="form-1")):
        assert other.status_code == 201
    assert (await alice.create()).json()["id"] != (await alice.create()).json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 201, "a b"])
async def test_an_invalid_idempotency_key_is_refused(hall: Hall, key: str) -> None:
    assert refusal(await hall.player("Alice").create(key=key)) == (400, "invalid")


async def test_a_key_of_two_hundred_characters_is_accepted(hall: Hall) -> None:
    assert (await hall.player("Alice").create(key="x" * 200)).status_code == 201


async def test_twenty_parallel_requests_with_one_key_create_one_tournament(busy_hall: Hall) -> None:
    alice = busy_hall.player("Alice")
    answers = await asyncio.gather(*(alice.create(key="form-1") for _ in range(20)))
    assert sorted(each.status_code for each in answers) == [200] * 19 + [201]
    assert len(await alice.listed("mine")) == 1


async def test_a_player_may_have_twenty_unfinished_tournaments(busy_hall: Hall) -> None:
    alice, bob = busy_hall.players("Alice", "Bob")
    answers = await asyncio.gather(
        *(alice.create() for _ in range(MOST_UNFINISHED_TOURNAMENTS + 4))
    )
    refused = [each for each in answers if each.status_code != 201]
    assert [refusal(each) for each in refused] == [(409, "too_many_tournaments")] * 4
    assert (await bob.create()).status_code == 201
    [some_id, *_] = await alice.listed("mine")
    await alice.cancel(some_id)
    assert (await alice.create(CUP)).status_code == 201
