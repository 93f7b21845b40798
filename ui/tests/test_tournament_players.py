"""The players of a tournament, with seeding and removal for its organiser."""

import re
from uuid import UUID, uuid4

import httpx
import pytest

from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

NAMES = ("Charlie", "Dave", "Erin", "Frank")
PART = {"HX-Request": "true", "HX-Target": "div#players"}
EVIL = {"Sec-Fetch-Site": "cross-site"}


def filled(tournaments: StandInTournaments, organiser: str = "Alice", **values: object) -> UUID:
    """A tournament with four players, the last one the strongest."""
    tournament_id = tournaments.add(organiser, "Friday Cup", **values)
    for number, name in enumerate(NAMES):
        tournaments.enter(tournament_id, name, rating=1500.0 + 50 * number)
    return tournament_id


def entry_id(tournaments: StandInTournaments, tournament_id: UUID, name: str) -> str:
    entry = tournaments.of(tournament_id).entry_of(name)
    assert entry
    return str(entry["id"])


def order(page: str) -> list[str]:
    return re.findall(r'<th scope="row">.*?<bdi>(.*?)</bdi>', page, re.DOTALL)


async def seeds(browser: httpx.AsyncClient, tournament_id: UUID) -> list[str]:
    return order((await browser.get(f"/tournaments/{tournament_id}/players")).text)


async def test_players_are_listed_by_seed_followed_by_the_waiting_list(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments, "Bob", size=3)
    page = (await browser.get(f"/tournaments/{tournament_id}/players")).text
    assert order(page) == ["Charlie", "Dave", "Erin", "Frank"]
    assert "1550" in page
    assert "waiting list" in page.split("Frank")[-1]
    for word in ("/remove", "/seeding", "draggable"):
        assert word not in page


async def test_the_state_of_each_player_is_shown(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add("Bob", format="swiss")
    for name in ("Charlie", "Dave", "Alice"):
        tournaments.enter(tournament_id, name)
    tournaments.begin(tournament_id)
    first, second, third = tournaments.of(tournament_id).entries
    first["state"], second["state"], third["late"] = "withdrawn", "disqualified", True
    page = (await alice.get(f"/tournaments/{tournament_id}/players")).text
    rows = [row for row in page.split("<tr")[2:] if "<th" in row]
    for row, words in zip(rows, ("withdrawn", "disqualified", "late entry"), strict=True):
        assert words in row
    assert ["data-own" in row for row in rows] == [False, False, True]


async def test_more_players_are_loaded_page_by_page(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=128)
    for number in range(70):
        tournaments.enter(tournament_id, f"Player{number}")
    path = f"/tournaments/{tournament_id}/players"
    page = (await browser.get(path)).text
    assert len(order(page)) == 64
    # A refresh would remove the rows that were loaded since.
    assert "data-tournament-stream" not in page
    headers = {"HX-Request": "true", "HX-Target": "tr#more-entries"}
    more = await browser.get(f"{path}?cursor=64", headers=headers)
    assert len(order(more.text)) == 6
    assert "<html" not in more.text


@pytest.mark.parametrize(
    ("method", "wanted", "words"),
    [
        ("rating", ["Frank", "Erin", "Dave", "Charlie"], "Seeded by rating"),
        ("random", ["Frank", "Erin", "Dave", "Charlie"], "Anyone can repeat the draw"),
    ],
)
async def test_all_players_can_be_seeded_again(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    method: str,
    wanted: list[str],
    words: str,
) -> None:
    tournament_id = filled(tournaments)
    path = f"/tournaments/{tournament_id}/seeding"
    answer = await alice.post(path, data={"method": method})
    where = f"/tournaments/{tournament_id}/players"
    assert (answer.status_code, answer.headers["location"]) == (303, where)
    page = (await alice.get(where)).text
    assert order(page) == wanted
    assert words in page
    assert tournaments.of(tournament_id).shown["seeding"] == method


@pytest.mark.parametrize(
    ("name", "to", "wanted"),
    [
        ("Dave", "1", ["Dave", "Charlie", "Erin", "Frank"]),
        ("Dave", "3", ["Charlie", "Erin", "Dave", "Frank"]),
        ("Charlie", "4", ["Dave", "Erin", "Frank", "Charlie"]),
        ("Charlie", "0", ["Charlie", "Dave", "Erin", "Frank"]),
        ("Frank", "9999999", ["Charlie", "Dave", "Erin", "Frank"]),
    ],
)
async def test_one_player_is_moved_and_the_others_keep_their_order(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    name: str,
    to: str,
    wanted: list[str],
) -> None:
    tournament_id = filled(tournaments)
    moved = entry_id(tournaments, tournament_id, name)
    path = f"/tournaments/{tournament_id}/seeding/move"
    answer = await alice.post(path, data={"move": f"{moved}:{to}"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/tournaments/{tournament_id}/players#entry-{moved}"
    assert await seeds(alice, tournament_id) == wanted
    assert tournaments.of(tournament_id).shown["seeding"] == "manual"


async def test_htmx_gets_the_table_only(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments)
    moved = entry_id(tournaments, tournament_id, "Frank")
    path = f"/tournaments/{tournament_id}/seeding/move"
    answer = await alice.post(path, data={"move": f"{moved}:1"}, headers=PART)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert order(answer.text) == ["Frank", "Charlie", "Dave", "Erin"]


async def test_a_waiting_player_has_no_seed_to_move(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments, size=3)
    page = (await alice.get(f"/tournaments/{tournament_id}/players")).text
    assert page.count('name="move"') == 2 * 3
    waiting = entry_id(tournaments, tournament_id, "Frank")
    await alice.post(f"/tournaments/{tournament_id}/seeding/move", data={"move": f"{waiting}:1"})
    assert await seeds(alice, tournament_id) == list(NAMES)


@pytest.mark.parametrize("move", ["", "nobody:1", f"{uuid4()}:1", "{own}:", "{own}:-1", "{own}:²"])
async def test_an_invalid_move_is_refused(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, move: str
) -> None:
    tournament_id = filled(tournaments)
    own = entry_id(tournaments, tournament_id, "Dave")
    path = f"/tournaments/{tournament_id}/seeding/move"
    answer = await alice.post(path, data={"move": move.replace("{own}", own)})
    assert (
        "This player is no longer in the tournament."
        in (await alice.get(answer.headers["location"])).text
    )
    assert await seeds(alice, tournament_id) == list(NAMES)


async def test_players_of_a_running_tournament_cannot_be_seeded(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments)
    tournaments.begin(tournament_id)
    page = (await alice.get(f"/tournaments/{tournament_id}/players")).text
    assert 'name="move"' not in page
    answer = await alice.post(f"/tournaments/{tournament_id}/seeding", data={"method": "rating"})
    page = (await alice.get(answer.headers["location"])).text
    assert "That isn’t possible right now" in page


async def test_a_player_is_removed_with_a_reason(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments, size=3)
    dave = entry_id(tournaments, tournament_id, "Dave")
    path = f"/tournaments/{tournament_id}/players/{dave}/remove"
    assert f'href="{path}"' in (await alice.get(f"/tournaments/{tournament_id}/players")).text
    asked = (await alice.get(path)).text
    assert "Remove <bdi>Dave</bdi>?" in asked
    assert "The first player on the waiting list moves up." in asked
    answer = await alice.post(path, data={"reason": "  Rude,\r\n twice. "})
    where = f"/tournaments/{tournament_id}/players"
    assert (answer.status_code, answer.headers["location"]) == (303, where)
    assert await seeds(alice, tournament_id) == ["Charlie", "Frank", "Erin"]
    [note] = tournaments.of(tournament_id).notes
    assert (note["action"], note["reason"]) == ("removed", "Rude, twice.")


async def test_a_removal_after_the_start_is_a_disqualification(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments)
    tournaments.begin(tournament_id)
    dave = entry_id(tournaments, tournament_id, "Dave")
    path = f"/tournaments/{tournament_id}/players/{dave}/remove"
    assert "Disqualify <bdi>Dave</bdi>?" in (await alice.get(path)).text
    await alice.post(path, data={"reason": "A script played."})
    page = (await alice.get(f"/tournaments/{tournament_id}/players")).text
    assert "disqualified" in page
    assert page.count("/remove") == 3


@pytest.mark.parametrize(
    ("reason", "words"), [(" \r\n ", "Give a reason"), ("x" * 501, "Use at most 500 characters.")]
)
async def test_a_removal_without_a_valid_reason_is_refused(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, reason: str, words: str
) -> None:
    tournament_id = filled(tournaments)
    dave = entry_id(tournaments, tournament_id, "Dave")
    path = f"/tournaments/{tournament_id}/players/{dave}/remove"
    answer = await alice.post(path, data={"reason": reason})
    assert answer.status_code == 400
    assert words in answer.text.split('id="reason-error"')[1]
    assert reason.strip() in answer.text
    assert len(tournaments.of(tournament_id).entries) == 4


async def test_a_player_who_has_left_meanwhile_cannot_be_removed(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = filled(tournaments)
    path = f"/tournaments/{tournament_id}/players/{uuid4()}/remove"
    assert (await alice.get(path)).status_code == 404
    assert (await alice.post(path, data={"reason": "Rude."})).status_code == 404


@pytest.mark.parametrize("action", ["seeding", "seeding/move", "players/{dave}/remove"])
async def test_only_the_organiser_can_use_these_functions(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    tournament: StandInTournament,
    action: str,
) -> None:
    tournament_id = filled(tournaments, "Bob")
    dave = entry_id(tournaments, tournament_id, "Dave")
    path = f"/tournaments/{tournament_id}/{action.format(dave=dave)}"
    form = {"method": "rating", "move": f"{dave}:1", "reason": "Rude."}
    before = [dict(each) for each in tournaments.of(tournament_id).entries]
    answer = await alice.post(path, data=form)
    if action.endswith("remove"):
        assert answer.status_code == 404
    else:
        page = (await alice.get(answer.headers["location"])).text
        assert "Only the organiser can do that." in page
    assert tournaments.of(tournament_id).entries == before
    tournament.switch.asked.clear()
    assert (await alice.post(path, data=form, headers=EVIL)).status_code == 403
    assert tournament.switch.asked == []


@pytest.mark.parametrize("action", ["seeding", "seeding/move", "players/{dave}/remove"])
async def test_a_visitor_signs_in_first(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, action: str
) -> None:
    tournament_id = filled(tournaments)
    dave = entry_id(tournaments, tournament_id, "Dave")
    path = f"/tournaments/{tournament_id}/{action.format(dave=dave)}"
    answer = await browser.post(path, data={"reason": "Rude.", "move": f"{dave}:1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_an_unavailable_tournament_service_is_reported(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, tournament: StandInTournament
) -> None:
    tournament_id = filled(tournaments)
    dave = entry_id(tournaments, tournament_id, "Dave")
    tournament.switch.down = True
    for path in ("players", f"players/{dave}/remove"):
        assert (await alice.get(f"/tournaments/{tournament_id}/{path}")).status_code == 503
    for path in ("seeding", "seeding/move", f"players/{dave}/remove"):
        answer = await alice.post(f"/tournaments/{tournament_id}/{path}", data={"reason": "Rude."})
        assert answer.status_code == 503
