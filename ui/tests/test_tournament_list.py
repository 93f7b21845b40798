"""The list of tournaments, and tournaments in the lobby."""

import httpx
import pytest

from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments


async def test_open_tournaments_are_shown_first_newest_at_the_top(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    older = tournaments.add(name="Older Cup", points=11)
    newer = tournaments.add(name="Newer Cup", format="swiss", rated=True)
    tournaments.enter(newer, "Charlie")
    tournaments.add(name="Somebody's draft", state="draft")
    tournaments.add(name="By invitation", visibility="link")
    page = (await browser.get("/tournaments")).text
    assert page.index(f"/tournaments/{newer}") < page.index(f"/tournaments/{older}")
    assert "Swiss · first to 7 · rated" in page
    assert "Single elimination · first to 11 · casual" in page
    assert "draft" not in page
    assert "By invitation" not in page


@pytest.mark.parametrize(
    ("show", "name"), [("running", "It is on"), ("finished", "It is over"), ("open", "Come in")]
)
async def test_each_filter_shows_its_tournaments(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, show: str, name: str
) -> None:
    tournaments.add(name="Come in")
    tournaments.add(name="It is on", state="running")
    tournaments.add(name="It is over", state="finished", winner="Charlie")
    page = (await browser.get(f"/tournaments?show={show}")).text
    names = {each for each in ("Come in", "It is on", "It is over") if each in page}
    assert names == {name}
    assert ("Charlie" in page) == (show == "finished")
    [current] = [link for link in page.split("<a ") if 'aria-current="true"' in link]
    assert f'id="show-{show}"' in current


async def test_the_own_list_has_organised_and_entered_tournaments_and_drafts(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournaments.add("Alice", "My draft", state="draft")
    tournaments.enter(tournaments.add(name="I am in it"), "Alice")
    tournaments.add(name="Not mine")
    page = (await alice.get("/tournaments?show=mine")).text
    assert "My draft" in page
    assert "I am in it" in page
    assert "Not mine" not in page


async def test_a_visitor_is_sent_to_sign_in_for_the_own_list(
    browser: httpx.AsyncClient,
) -> None:
    assert "show=mine" not in (await browser.get("/tournaments")).text
    answer = await browser.get("/tournaments?show=mine")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Ftournaments%3Fshow%3Dmine"


async def test_more_tournaments_are_loaded_page_by_page(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    for number in range(23):
        tournaments.add(name=f"Cup {number}")
    first = (await browser.get("/tournaments")).text
    assert first.count('class="tournament-row"') == 20
    assert 'href="/tournaments?show=open&amp;cursor=20"' in first
    headers = {"HX-Request": "true", "HX-Target": "li#more-tournaments"}
    more = await browser.get("/tournaments?show=open&cursor=20", headers=headers)
    assert more.text.count('class="tournament-row"') == 3
    assert "<html" not in more.text
    assert "Load more" not in more.text
    assert "Back to the newest" in (await browser.get("/tournaments?show=open&cursor=20")).text


@pytest.mark.parametrize("show", ["open", "running", "finished", "mine"])
async def test_an_empty_list_suggests_what_to_do(alice: httpx.AsyncClient, show: str) -> None:
    page = (await alice.get(f"/tournaments?show={show}")).text
    assert 'class="empty"' in page
    assert 'class="tournament-row"' not in page
    assert 'href="/tournaments/new"' in page


async def test_an_unknown_filter_is_refused(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/tournaments?show=everything")).status_code == 400


async def test_an_unavailable_tournament_service_offers_a_retry(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    tournament.switch.down = True
    answer = await browser.get("/tournaments?show=running")
    assert answer.status_code == 503
    assert 'href="/tournaments?show=running">Try again' in answer.text


async def test_the_lobby_shows_three_open_tournaments(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    for number in range(5):
        tournaments.add(name=f"Cup {number}")
    page = (await alice.get("/lobby")).text
    assert page.count('class="tournament-row"') == 3
    assert "Cup 4" in page


async def test_the_lobby_opens_while_tournament_is_down(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    assert "No tournaments are open." in (await alice.get("/lobby")).text
    tournament.switch.down = True
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Tournaments are unavailable right now." in answer.text


@pytest.mark.parametrize("signed_in", [True, False])
async def test_the_header_links_to_the_list(browser: httpx.AsyncClient, signed_in: bool) -> None:
    if signed_in:
        await browser.post("/sign-in", data={"username": "Alice", "password": "alice likes pong"})
    header = (await browser.get("/tournaments")).text.split("</header>")[0]
    [link] = [each for each in header.split("<a ") if ">Tournaments</a>" in each]
    assert 'aria-current="page"' in link
