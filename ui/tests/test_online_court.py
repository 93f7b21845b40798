"""The court of an online match, for its players and for spectators."""

from uuid import uuid4

import httpx
import pytest

from tests.stand_ins.history import StandInHistory
from tests.stand_ins.tournament import StandInTournament

JSON = {"Accept": "application/json"}


def attributes(answer: httpx.Response, mark: str) -> str:
    return answer.text.split(mark)[1].split(">")[0]


@pytest.mark.parametrize("state", ["waiting", "running"])
async def test_a_player_gets_the_court_with_everything_for_its_script(
    alice: httpx.AsyncClient, tournament: StandInTournament, state: str
) -> None:
    match_id = tournament.add_match("Bob", "Alice", state, points=11)
    answer = await alice.get(f"/online/{match_id}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    given = attributes(answer, "data-online\n")
    for attribute in (
        f'data-play-url="/api/tournament/matches/{match_id}/play"',
        f'data-match-url="/matches/{match_id}"',
        f'data-state-url="/online/{match_id}/state"',
        'data-left-name="Bob"',
        'data-right-name="Alice"',
        'data-points="11"',
        'data-view="court"',
        'data-mode="online"',
    ):
        assert attribute in given
    for role in ("phase", "phase-detail", "take-back", "reload", "resign", "resign-dialog"):
        assert answer.text.count(f'data-role="{role}"') == 1
    for role in ("left-rtt", "right-late", "delay", "end-left-rtt", "end-right-late", "headline"):
        assert answer.text.count(f'data-role="{role}"') == 1


async def test_another_player_can_watch(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Charlie")
    answer = await alice.get(f"/online/{match_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/watch/{match_id}")
    answer = await alice.get(f"/watch/{match_id}")
    given = attributes(answer, "data-watch\n")
    assert f'data-watch-url="/api/tournament/matches/{match_id}/watch"' in given
    assert f'data-state-url="/watch/{match_id}/state"' in given
    assert 'data-role="resign"' not in answer.text
    assert 'class="pad"' not in answer.text


async def test_a_player_of_the_match_is_redirected_from_watching(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Alice")
    answer = await alice.get(f"/watch/{match_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/online/{match_id}")


async def test_a_finished_match_redirects_to_the_history(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    for left in ("Alice", "Bob"):
        match_id = tournament.add_match(left, "Charlie", "finished")
        answer = await alice.get(f"/online/{match_id}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/matches/{match_id}")


async def test_a_match_unknown_to_tournament_redirects_to_the_history(
    alice: httpx.AsyncClient,
) -> None:
    match_id = uuid4()
    answer = await alice.get(f"/online/{match_id}")
    assert answer.headers["location"] == f"/matches/{match_id}"
    assert (await alice.get(f"/matches/{match_id}")).status_code == 404


async def test_a_void_match_has_an_explanation(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Alice", "void")
    answer = await alice.get(f"/online/{match_id}")
    assert answer.status_code == 200
    assert "The match was called off" in answer.text
    assert "data-online" not in answer.text


@pytest.mark.parametrize("state", ["running", "void"])
async def test_a_tournament_match_leads_back_to_its_bracket(
    alice: httpx.AsyncClient, tournament: StandInTournament, state: str
) -> None:
    cup = uuid4()
    own = tournament.add_match("Alice", "Bob", state, tournament_id=str(cup))
    page = (await alice.get(f"/online/{own}")).text
    assert f'href="/tournaments/{cup}/bracket">View bracket' in page
    others = tournament.add_match("Charlie", "Dave", tournament_id=str(cup))
    page = (await alice.get(f"/watch/{others}")).text
    assert page.count(f'href="/tournaments/{cup}/bracket">View bracket') == 2
    over = tournament.add_match("Alice", "Bob", "finished", tournament_id=str(cup))
    page = (await alice.get(f"/matches/{over}")).text
    assert f'href="/tournaments/{cup}/bracket">View bracket' in page


async def test_any_other_match_leads_back_to_the_lobby(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    page = (await alice.get(f"/online/{tournament.add_match('Alice', 'Bob')}")).text
    assert "View bracket" not in page
    assert page.count('href="/lobby">Lobby') == 2


async def test_a_visitor_signs_in_first_and_comes_back(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Alice")
    answer = await browser.get(f"/online/{match_id}")
    assert answer.headers["location"] == f"/sign-in?next=%2Fonline%2F{match_id}"


@pytest.mark.parametrize("path", ["/online/17", "/watch/17", "/invitations/17", "/online/17/state"])
async def test_an_address_without_a_valid_id_is_not_found(
    alice: httpx.AsyncClient, path: str
) -> None:
    assert (await alice.get(path)).status_code == 404


async def test_names_with_html_are_escaped(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    name = '"><script>alert(1)</script>'
    match_id = tournament.add_match(name, "Alice")
    for path in (f"/online/{match_id}", "/watch", "/lobby"):
        answer = await alice.get(path)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text


@pytest.mark.parametrize(
    ("left", "state", "go_to"),
    [
        ("Alice", "running", "/online/{id}"),
        ("Bob", "running", "/watch/{id}"),
        ("Alice", "finished", "/matches/{id}"),
        ("Alice", "void", "/online/{id}"),
        ("Bob", "void", "/watch/{id}"),
    ],
)
async def test_the_script_gets_the_state_and_the_next_address(
    alice: httpx.AsyncClient, tournament: StandInTournament, left: str, state: str, go_to: str
) -> None:
    match_id = tournament.add_match(left, "Charlie", state)
    for page in ("online", "watch"):
        answer = await alice.get(f"/{page}/{match_id}/state", headers=JSON)
        assert answer.json() == {
            "state": state,
            "go_to": go_to.format(id=match_id),
        }
        assert answer.headers["cache-control"] == "no-store"


async def test_asking_for_the_state_renews_the_session(
    alice_expired: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Alice", "Bob")
    answer = await alice_expired.get(f"/online/{match_id}/state", headers=JSON)
    assert answer.status_code == 200
    assert "__Host-access" in answer.headers["set-cookie"]


async def test_a_signed_out_player_is_told_so_and_a_visitor_may_ask(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Alice", "Bob")
    answer = await browser.get(f"/online/{match_id}/state", headers=JSON)
    assert answer.status_code == 401
    answer = await browser.get(f"/watch/{match_id}/state", headers=JSON)
    assert answer.json()["go_to"] == f"/watch/{match_id}"


async def test_the_script_is_told_to_retry_while_tournament_is_down(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Alice", "Bob")
    tournament.switch.down = True
    answer = await alice.get(f"/online/{match_id}/state", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (503, "backend_down")
    for page in ("online", "watch"):
        answer = await alice.get(f"/{page}/{match_id}")
        assert answer.status_code == 503
        assert f'href="/{page}/{match_id}">Try again' in answer.text


async def test_a_finished_match_cannot_be_watched(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    over = tournament.add_match("Bob", "Charlie", "finished")
    answer = await browser.get(f"/watch/{over}")
    assert answer.status_code == 200
    assert "This match is over" in answer.text
    assert f'href="/matches/{over}">Watch the replay' in answer.text
    void = await browser.get(f"/watch/{tournament.add_match('Bob', 'Charlie', 'void')}")
    assert "The match was called off" in void.text
    assert "Watch the replay" not in void.text
    never = await browser.get(f"/watch/{uuid4()}")
    assert never.status_code == 404
    assert "Watch the replay" in never.text


async def test_running_matches_are_listed_publicly(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Bob", "Charlie")
    tournament.add_match("Dave", "Erin", "waiting")
    answer = await browser.get("/watch")
    assert answer.status_code == 200
    assert f'href="/watch/{match_id}"' in answer.text
    assert "First to 7, rated" in answer.text
    assert answer.text.count('class="match-row"') == 1


async def test_more_matches_can_be_loaded_without_a_script_and_with_one(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    for number in range(25):
        tournament.add_match(f"left-{number}", f"right-{number}")
    answer = await browser.get("/watch")
    assert answer.text.count('class="match-row"') == 20
    assert 'href="/watch?cursor=20"' in answer.text
    rest = await browser.get("/watch?cursor=20")
    assert rest.text.count('class="match-row"') == 5
    assert "Back to the latest" in rest.text
    headers = {"HX-Request": "true", "HX-Target": "li#more-running"}
    part = await browser.get("/watch?cursor=20", headers=headers)
    assert "<html" not in part.text
    assert part.text.count('class="match-row"') == 5


async def test_a_short_list_is_refreshed_and_an_extended_one_is_not(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    assert 'hx-trigger="every 10s"' in (await browser.get("/watch")).text
    for number in range(25):
        tournament.add_match(f"left-{number}", f"right-{number}")
    for path in ("/watch", "/watch?cursor=20"):
        assert "hx-trigger" not in (await browser.get(path)).text


async def test_an_empty_list_has_an_explanation(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    answer = await browser.get("/watch")
    assert "No matches are on right now." in answer.text
    tournament.switch.down = True
    answer = await browser.get("/watch")
    assert answer.status_code == 503
    assert 'href="/watch">Try again' in answer.text


async def test_a_match_that_has_just_ended_waits_for_its_record(
    alice: httpx.AsyncClient, history: StandInHistory, tournament: StandInTournament
) -> None:
    match_id = tournament.add_match("Alice", "Bob", "finished")
    answer = await alice.get(f"/matches/{match_id}")
    assert answer.status_code == 200
    assert "we’re replaying it to verify the score" in answer.text
    assert 'hx-trigger="every 2s"' in answer.text
    assert "http-equiv" in answer.text.split("<noscript>")[1].split("</noscript>")[0]
    match = history.add_online("Alice", "Bob")
    there = await alice.get(f"/matches/{match.id}", headers={"HX-Request": "true"})
    assert there.headers["hx-redirect"] == f"/matches/{match.id}"
    tournament.switch.down = True
    assert (await alice.get(f"/matches/{match_id}")).status_code == 404
