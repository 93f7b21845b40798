"""Creation of a hotseat tournament, whose players are typed names."""

from typing import Any

import pytest

from services.tournament.tests.tournaments.organising import HOTSEAT, Hall
from tests.fixtures.clients import refusal
from tournament.lifecycle.aliases import parse_aliases
from transcendence_common.problems import InvalidFields

NAMES = [f"Player {number}" for number in range(1, 65)]


async def test_the_size_is_the_number_of_names(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.created(HOTSEAT, size=2, aliases=[" Ann ", "Ben", "Cleo"])
    found = await alice.seen(tournament_id)
    assert (found["kind"], found["state"], found["size"], found["entries"]) == (
        "hotseat", "draft", 3, 3,
    )  # fmt: skip
    entries = await hall.entries(tournament_id)
    assert [each.name for each in entries] == ["Ann", "Ben", "Cleo"]
    assert {(each.player_id, each.rating) for each in entries} == {(None, None)}


async def test_a_hotseat_tournament_is_private_in_every_state(hall: Hall) -> None:
    alice, bob, ada = hall.player("Alice"), hall.player("Bob"), hall.player("Ada", "admin")
    draft, running = await alice.created(HOTSEAT), await alice.at_home("Ann", "Ben")
    for tournament_id in (draft, running):
        for reader in (bob, hall.anonymous()):
            assert refusal(await reader.show(tournament_id)) == (404, "no_such_tournament")
            assert await reader.listed("running") == []
        assert (await ada.show(tournament_id)).status_code == 200
    assert await alice.listed("mine") == [running, draft]


async def test_the_organiser_starts_it_from_the_draft(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.created(HOTSEAT)
    answer = await alice.start(tournament_id)
    assert (answer.status_code, answer.json()["state"]) == (200, "running")
    seeds = {each.name: each.seed for each in await hall.entries(tournament_id)}
    assert seeds == {"Ann": 1, "Ben": 2, "Cleo": 3, "Dan": 4}


async def test_a_hotseat_tournament_cannot_be_opened(hall: Hall) -> None:
    alice = hall.player("Alice")
    assert refusal(await alice.open(await alice.created(HOTSEAT))) == (409, "not_now")


async def test_the_names_can_be_seeded_manually(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.created(HOTSEAT)
    ids = {each.name: str(each.id) for each in await hall.entries(tournament_id)}
    answer = await alice.seed(tournament_id, "manual", [ids["Dan"], ids["Cleo"]])
    assert [each["name"] for each in answer.json()] == ["Dan", "Cleo", "Ann", "Ben"]
    await alice.start(tournament_id)
    seeds = {each.name: each.seed for each in await hall.entries(tournament_id)}
    assert seeds == {"Dan": 1, "Cleo": 2, "Ann": 3, "Ben": 4}


async def test_64_names_are_entered_and_started_in_two_requests(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.at_home(*NAMES)
    bracket = (await alice.ask("GET", f"/{tournament_id}/bracket")).json()
    assert [each["name"] for each in bracket["entrants"]] == NAMES
    assert sum(each["state"] == "called" for each in bracket["pairings"]) == 1


async def test_the_size_cannot_be_changed(hall: Hall) -> None:
    alice = hall.player("Alice")
    tournament_id = await alice.created(HOTSEAT)
    answer = await alice.change(tournament_id, size=5)
    assert refusal(answer) == (400, "invalid")
    assert (await alice.change(tournament_id, points=11)).json()["points"] == 11


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"aliases": None}, "aliases"),
        ({"aliases": []}, "aliases"),
        ({"aliases": ["Ann"]}, "aliases"),
        ({"aliases": [f"Player {number}" for number in range(65)]}, "aliases"),
        ({"aliases": NAMES[:33], "format": "round_robin", "rounds": 1}, "size"),
        ({"aliases": ["Ann", "ANN"]}, "aliases"),
        ({"aliases": ["Ann", "Ben\u202e"]}, "aliases.1"),
        ({"rated": True}, "rated"),
        ({"visibility": "link"}, "visibility"),
        ({"starts_at": "2999-01-01T00:00:00Z"}, "starts_at"),
        ({"registration_closes_at": "2999-01-01T00:00:00Z"}, "registration_closes_at"),
        ({"check_in_minutes": 5}, "check_in_minutes"),
    ],
)
async def test_settings_without_meaning_for_hotseat_are_refused(
    hall: Hall, changes: dict[str, Any], field: str
) -> None:
    answer = await hall.player("Alice").create(HOTSEAT, **changes)
    assert refusal(answer) == (400, "invalid")
    assert field in {each["field"] for each in answer.json()["errors"]}


async def test_equal_names_in_two_tournaments_are_different_players(hall: Hall) -> None:
    alice = hall.player("Alice")
    one, other = await alice.at_home("Ann", "Ben"), await alice.at_home("Ann", "Ben")
    ids = [{each.id for each in await hall.entries(each_id)} for each_id in (one, other)]
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (" Ann ", "Ann"),
        ("Ann  Lee", "Ann Lee"),
        ("山田\u3000太郎", "山田 太郎"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("x" * 32, "x" * 32),
        ("😀", "😀"),
        ("❤\ufe0f", "❤"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_a_name_is_trimmed_and_composed(typed: str, shown: str) -> None:
    assert parse_aliases([typed, "Ben"])[0].name == shown


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "x" * 33, "x" * 100_000, "\u0000", "An\u0007n", "\u202eAnn", "An\u200bn", "An\u200dn",
     "\u3164", "\u2800", "A\u034fnn", "two\nlines", "\ud800", "\ue000", "A" + 4 * "\u0316", "Computer",
     "C\u043emputer"],
)  # fmt: skip
def test_an_unreadable_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidFields):
        parse_aliases([typed, "Ben"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ann"),
        ("Ann", "\uff21\uff4e\uff4e"),
        ("Straße", "STRASSE"),
        ("Zoë", "Zoe\u0308"),
        ("ﬁn", "fin"),
        ("Ann Lee", "Ann\u00a0 Lee"),
    ],
)
def test_names_that_look_the_same_count_as_equal(one: str, other: str) -> None:
    with pytest.raises(InvalidFields):
        parse_aliases([one, other])
