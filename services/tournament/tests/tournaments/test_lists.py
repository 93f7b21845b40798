"""Lists of tournaments, and their visibility."""

import pytest

from services.tournament.tests.tournaments.organising import Attendee, Hall
from tests.fixtures.clients import refusal


async def test_public_tournaments_are_listed_by_state_newest_first(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    await alice.created()
    older, newer = await alice.opened(), await bob.opened()
    running = await alice.started(bob, cleo)
    await alice.cancel(await alice.opened())
    for reader in (alice, bob, hall.anonymous()):
        assert await reader.listed() == [newer, older]
        assert await reader.listed("running") == [running]
        assert await reader.listed("finished") == []


async def test_a_list_item_shows_the_organiser_and_the_number_of_players(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.opened()
    await hall.put_in(tournament_id, bob)
    await hall.put_in(tournament_id, cleo, state="waiting")
    [line] = (await bob.page()).json()["items"]
    assert line == {
        "id": tournament_id,
        "kind": "online",
        "name": "Sunday cup",
        "format": "single_elimination",
        "state": "open",
        "size": 8,
        "points": 5,
        "rated": False,
        "entries": 1,
        "organiser": {"id": str(alice.id), "name": "Alice"},
        "starts_at": None,
        "started_at": None,
        "ended_at": None,
        "winner": None,
    }


async def test_a_finished_tournament_names_its_winner(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.started(bob, cleo)
    await hall.execute("UPDATE entries SET place = seed")
    await hall.execute("UPDATE tournaments SET state = 'finished', ended_at = now()")
    [line] = (await bob.page("finished")).json()["items"]
    assert (line["id"], line["winner"], line["entries"]) == (tournament_id, "Bob", 2)


async def test_players_who_share_the_first_place_are_named(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    tournament_id = await alice.started(bob, cleo)
    await hall.execute("UPDATE entries SET place = 1")
    assert (await alice.seen(tournament_id))["winner"] == "Bob, Cleo"


async def test_a_tournament_by_invitation_is_not_listed_for_others(hall: Hall) -> None:
    alice, bob = hall.players("Alice", "Bob")
    tournament_id = await alice.opened(visibility="link")
    assert await bob.listed() == await alice.listed() == []
    assert await alice.listed("mine") == [tournament_id]
    assert (await hall.anonymous().show(tournament_id)).status_code == 200


async def test_the_own_list_has_organised_and_entered_tournaments(hall: Hall) -> None:
    alice, bob, cleo = hall.players("Alice", "Bob", "Cleo")
    draft = await alice.created()
    entered, waiting, dropped = [await bob.opened() for _ in range(3)]
    await hall.put_in(entered, alice)
    await hall.put_in(waiting, alice, state="waiting")
    await hall.put_in(dropped, alice, state="dropped")
    assert await alice.listed("mine") == [waiting, entered, draft]
    assert await cleo.listed("mine") == []
    assert refusal(await hall.anonymous().page("mine")) == (401, "not_signed_in")


@pytest.mark.parametrize("show", ["open", "mine"])
async def test_pages_follow_each_other(hall: Hall, show: str) -> None:
    alice = hall.player("Alice")
    made = [await alice.opened() for _ in range(5)]
    assert await read(alice, show, limit=2) == [made[:2:-1], made[2:0:-1], made[:1]]


async def read(reader: Attendee, show: str, *, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await reader.page(show, limit=limit, **cursor)).json()
        pages.append([each["id"] for each in page["items"]])
        if page["next_cursor"] is None:
            return pages
        cursor = {"cursor": page["next_cursor"]}


async def test_an_unknown_list_is_refused(hall: Hall) -> None:
    answer = await hall.anonymous().ask("GET", "", params={"show": "all"})
    assert refusal(answer) == (400, "invalid")


async def test_a_draft_is_visible_to_administrators(hall: Hall) -> None:
    draft = await hall.player("Alice").created()
    assert (await hall.player("Ada", "admin").seen(draft))["organised"] is True


async def test_the_own_entry_is_shown_to_its_owner_only(hall: Hall) -> None:
    alice, bob = hall.players("Alice", "Bob")
    tournament_id = await alice.opened()
    await hall.put_in(tournament_id, bob, state="waiting")
    own = (await bob.seen(tournament_id))["own"]
    assert (own["state"], own["line"]) == ("waiting", 1)
    assert (await alice.seen(tournament_id))["own"] is None
    assert (await alice.seen(tournament_id))["waiting"] == 1
