"""The play pages, and the two calls of their scripts."""

import asyncio
import re

import httpx
import pytest

from contracts.history.problems import HistoryCode
from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments
from ui.assets import STATIC_FOLDER

JSON = {"Accept": "application/json", "Content-Type": "application/json"}
CROSS_SITE = {**JSON, "Sec-Fetch-Site": "cross-site"}
WANTED = {"mode": "ai", "level": "hard", "points": 5}
LOG = b'{"ticks":812,"changes":[[3,1,0],[9,0,0]]}'
FINISHED = b'{"ticket":"signed","inputs":' + LOG + b"}"
HTML_NAME = "<img src=x onerror=alert(1)>"

IMPORTED = re.compile(r'(?:import|export)\b[^;]*?from\s+"([^"]+)"')
PRELOADED = re.compile(r'<link rel="modulepreload" href="/static/[^/]+/([^"]+)">')
SCRIPTS = {
    "hotseat": "court/play.js",
    "match": "court/replay.js",
    "online": "court/online.js",
    "play": "court/play.js",
    "watch": "court/watch.js",
}


def checked(page: str, name: str) -> str:
    found = re.findall(rf'name="{name}"\s+value="([^"]+)"\s+checked', page)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("path", ["/play/computer?level=hard&points=3", "/play/local"])
async def test_a_visitor_signs_in_first_and_comes_back(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Fplay%2F")


async def test_the_page_has_the_settings_chosen_in_the_lobby(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/play/computer?level=hard&points=21")
    assert answer.status_code == 200
    assert checked(answer.text, "level") == "hard"
    assert checked(answer.text, "points") == "21"
    assert 'data-mode="ai"' in answer.text
    assert 'data-player-name="Alice"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["", "?level=godlike&points=4"])
async def test_an_address_without_a_valid_level_gets_the_default(
    alice: httpx.AsyncClient, query: str
) -> None:
    answer = await alice.get(f"/play/computer{query}")
    assert checked(answer.text, "level") == "normal"
    assert checked(answer.text, "points") == "7"


async def test_a_local_match_has_an_opponents_name_and_no_level(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/play/local?opponent_name=Bob&points=3")
    assert re.search(r'value="Bob"\s', answer.text)
    assert 'name="level"' not in answer.text
    assert 'data-mode="local"' in answer.text


async def test_a_name_with_html_is_escaped_and_a_long_one_truncated(
    alice: httpx.AsyncClient,
) -> None:
    answer = await alice.get("/play/local", params={"opponent_name": HTML_NAME + "!" * 50})
    assert "<img" not in answer.text
    assert f"{HTML_NAME}!!!!".replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "!!!!!" not in answer.text


async def test_the_page_says_that_it_needs_scripts(alice: httpx.AsyncClient) -> None:
    assert "<noscript>" in (await alice.get("/play/computer")).text


async def test_invalid_points_are_refused(alice: httpx.AsyncClient) -> None:
    assert (await alice.get("/play/computer?points=many")).status_code == 400


@pytest.mark.parametrize("page", ["play", "hotseat", "match", "online", "watch"])
async def test_a_page_preloads_its_script_and_all_imports(
    alice: httpx.AsyncClient,
    history: StandInHistory,
    tournament: StandInTournament,
    tournaments: StandInTournaments,
    page: str,
) -> None:
    cup = tournaments.add("Alice", kind="hotseat")
    for name in ("Ann", "Ben"):
        tournaments.enter(cup, name)
    tournaments.begin(cup)
    paths = {
        "hotseat": f"/tournaments/{cup}/hotseat",
        "play": "/play/computer",
        "match": f"/matches/{history.add_match().id}",
        "online": f"/online/{tournament.add_match('Alice', 'Bob')}",
        "watch": f"/watch/{tournament.add_match('Charlie', 'Dave')}",
    }
    answer = await alice.get(paths[page])
    preloaded = PRELOADED.findall(answer.text)
    assert SCRIPTS[page] in preloaded
    for name in preloaded:
        module = STATIC_FOLDER / name
        imported = {
            (module.parent / path).resolve() for path in IMPORTED.findall(module.read_text())
        }
        assert imported <= {(STATIC_FOLDER / each).resolve() for each in preloaded}


async def test_a_ticket_is_requested_with_the_players_token(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    answer = await alice.post("/play/tickets", json=WANTED, headers=JSON)
    assert answer.status_code == 201
    assert answer.json().keys() == {"ticket", "match_id", "seed", "rules", "expires_at"}
    assert answer.headers["cache-control"] == "no-store"
    asked = history.switch.asked[-1]
    assert asked.headers["authorization"].startswith("Bearer ")
    assert asked.read() == (b'{"mode":"ai","points":5,"level":"hard","opponent_name":null}')


async def test_a_finished_match_is_sent_to_history_unchanged(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    answer = await alice.post("/play/matches", content=FINISHED, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["verified"] is True
    assert LOG in history.switch.asked[-1].read()


async def test_parallel_submissions_of_one_match_return_the_same_record(
    alice: httpx.AsyncClient,
) -> None:
    first = await alice.post("/play/matches", content=FINISHED, headers=JSON)
    again = await asyncio.gather(
        *(alice.post("/play/matches", content=FINISHED, headers=JSON) for _ in range(5))
    )
    assert {answer.status_code for answer in again} == {200}
    assert {answer.json()["id"] for answer in again} == {first.json()["id"]}


async def test_a_session_that_expired_during_the_match_is_renewed(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice_expired.post("/play/matches", content=FINISHED, headers=JSON)
    assert answer.status_code == 200
    assert "/api/user/refresh" in auth.switch.paths()
    assert "__Host-access=" in answer.headers["set-cookie"]


@pytest.mark.parametrize("path", ["/play/tickets", "/play/matches"])
class TestCalls:
    def body(self, path: str) -> bytes:
        return FINISHED if path == "/play/matches" else b'{"mode":"local","points":3}'

    async def test_a_visitor_gets_a_problem_without_a_request_to_history(
        self, browser: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        answer = await browser.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not_signed_in"
        assert history.switch.asked == []

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"ticket":7,"mode":"chess"}'])
    async def test_a_malformed_body_is_refused(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str, body: bytes
    ) -> None:
        answer = await alice.post(path, content=body, headers=JSON)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert history.switch.asked == []

    async def test_another_site_cannot_submit_a_match(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        answer = await alice.post(path, content=self.body(path), headers=CROSS_SITE)
        assert answer.status_code == 403
        assert history.switch.asked == []

    async def test_an_unavailable_history_is_a_temporary_problem(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        history.switch.down = True
        answer = await alice.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"

    async def test_a_submission_lost_by_a_dying_replica_is_not_repeated(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        history.switch.loses = 1
        answer = await alice.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 503
        assert len(history.switch.asked) == 1

    async def test_a_renewal_that_fails_is_a_temporary_problem(
        self, alice_expired: httpx.AsyncClient, auth: StandInAuth, path: str
    ) -> None:
        auth.switch.down = True
        answer = await alice_expired.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 503
        assert answer.json()["code"] == "backend_down"

    async def test_a_busy_history_is_passed_on(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        history.switch.answers_with = 429
        answer = await alice.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "5"

    async def test_the_calls_cannot_be_read_with_get(
        self, alice: httpx.AsyncClient, path: str
    ) -> None:
        assert (await alice.get(path)).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/play/computer", "/play/local"])
async def test_the_page_has_places_for_a_refusal_and_the_request_id(
    alice: httpx.AsyncClient, path: str
) -> None:
    page = (await alice.get(path)).text
    assert page.count('data-role="refusal"') == 1
    assert page.count('data-role="match-id"') == 1


async def test_a_refused_match_is_explained(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.refuses = True
    answer = await alice.post("/play/matches", content=FINISHED, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["code"] == HistoryCode.LOG_RUNS_ON
    assert answer.json()["detail"] == "The log goes on after the match has ended."
