"""Waiting for an opponent: joining, leaving, and getting to the match."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.tournament import StandInTournament

WANTED = {"points": "11", "rated": "false"}
HTMX = {"HX-Request": "true", "HX-Target": "section#queue-place"}


async def test_a_player_can_join_the_queue(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    answer = await alice.post("/online/queue", data=WANTED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/online")
    place = tournament.queue["Alice"]
    assert (place["points"], place["rated"]) == (11, False)
    page = await alice.get("/online")
    assert page.status_code == 200
    for shown in ("11 points", "Casual", "1512 ± 122", "1362–1662", ">1:2"):
        assert shown in page.text
    assert 'action="/online/queue/leave"' in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_the_page_is_refreshed_with_a_script_and_without(alice: httpx.AsyncClient) -> None:
    await alice.post("/online/queue", data=WANTED)
    page = (await alice.get("/online")).text
    opening = page.split('id="queue-place"')[1].split(">")[0]
    assert 'hx-get="/online"' in opening
    assert "every 3s, live:games from:body" in opening
    assert '<meta http-equiv="refresh"' in page.split("<noscript>")[1].split("</noscript>")[0]
    part = await alice.get("/online", headers=HTMX)
    assert "<html" not in part.text
    assert "11 points" in part.text


async def test_an_unlimited_range_is_not_shown(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    await alice.post("/online/queue", data=WANTED)
    tournament.queue["Alice"]["reach"] = None
    assert "Looking from" not in (await alice.get("/online")).text


@pytest.mark.parametrize(
    ("headers", "status", "name"), [({}, 303, "location"), (HTMX, 200, "hx-redirect")]
)
async def test_a_found_match_is_opened(
    alice: httpx.AsyncClient,
    tournament: StandInTournament,
    headers: dict[str, str],
    status: int,
    name: str,
) -> None:
    match_id = tournament.add_match("Bob", "Alice", "waiting")
    answer = await alice.get("/online", headers=headers)
    assert (answer.status_code, answer.headers[name]) == (status, f"/online/{match_id}")


async def test_a_lost_place_leads_to_the_lobby_with_a_notice(
    alice: httpx.AsyncClient,
) -> None:
    answer = await alice.get("/online")
    assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")
    assert "no longer waiting for a match" in (await alice.get("/lobby")).text


async def test_an_open_page_with_a_lost_place_shows_a_notice(
    alice: httpx.AsyncClient,
) -> None:
    part = await alice.get("/online", headers=HTMX)
    assert "hx-redirect" not in part.headers
    assert "You’re no longer waiting for a match." in part.text
    assert 'href="/lobby"' in part.text
    assert "Leave the queue" not in part.text


async def test_leaving_twice_counts_once(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    await alice.post("/online/queue", data=WANTED)
    for _ in range(2):
        answer = await alice.post("/online/queue/leave")
        assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")
    assert tournament.queue == {}


async def test_leaving_too_late_leads_to_the_match(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Alice", "waiting")
    answer = await alice.post("/online/queue/leave")
    assert answer.headers["location"] == f"/online/{match_id}"


async def test_a_player_in_a_match_is_told_so_in_the_lobby(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Alice")
    answer = await alice.post("/online/queue", data=WANTED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lobby")
    lobby = (await alice.get("/lobby")).text
    assert "One of you is still in another match" in lobby
    assert f'href="/online/{match_id}"' in lobby


async def test_an_unverified_player_cannot_join(
    alice: httpx.AsyncClient, auth: StandInAuth, tournament: StandInTournament
) -> None:
    auth.people["Alice"].verified = False
    answer = await alice.post("/online/queue", data=WANTED)
    assert answer.headers["location"] == "/lobby"
    assert "Verify your email address" in (await alice.get("/lobby")).text
    assert tournament.queue == {}


@pytest.mark.parametrize("form", [{}, {"points": "many", "rated": "true"}, {"points": "7"}])
async def test_an_invalid_form_is_refused(
    alice: httpx.AsyncClient, tournament: StandInTournament, form: dict[str, str]
) -> None:
    answer = await alice.post("/online/queue", data=form)
    assert answer.status_code == 400
    assert tournament.switch.asked == []


@pytest.mark.parametrize("path", ["/online/queue", "/online/queue/leave"])
async def test_a_form_of_a_visitor_changes_nothing(
    browser: httpx.AsyncClient, tournament: StandInTournament, path: str
) -> None:
    answer = await browser.post(path, data=WANTED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert tournament.switch.asked == []


async def test_a_visitor_is_sent_to_sign_in_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/online")
    assert answer.headers["location"] == "/sign-in?next=%2Fonline"


async def test_another_site_cannot_put_a_player_into_the_queue(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    headers = {"Origin": "https://evil.example"}
    assert (await alice.post("/online/queue", data=WANTED, headers=headers)).status_code == 403
    assert tournament.queue == {}


async def test_an_action_while_tournament_is_down_is_reported(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    tournament.switch.down = True
    for sent in (
        alice.get("/online"),
        alice.post("/online/queue", data=WANTED),
        alice.post("/online/queue/leave"),
    ):
        answer = await sent
        assert answer.status_code == 503
        assert "nothing is lost" in answer.text.lower()
