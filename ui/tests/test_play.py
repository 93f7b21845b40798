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
from ui.assets import STATIC

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
async def test_a_stranger_signs_in_first_and_comes_back(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Fplay%2F")


async def test_the_page_opens_with_what_was_chosen_in_the_lobby(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/play/computer?level=hard&points=21")
    assert answer.status_code == 200
    assert checked(answer.text, "level") == "hard"
    assert checked(answer.text, "points") == "21"
    assert 'data-mode="ai"' in answer.text
    assert 'data-player-name="Alice"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["", "?level=godlike&points=4"])
async def test_an_old_or_empty_address_opens_with_a_level_that_there_is(
    alice: httpx.AsyncClient, query: str
) -> None:
    answer = await alice.get(f"/play/computer{query}")
    assert checked(answer.text, "level") == "normal"
    assert checked(answer.text, "points") == "7"


async def test_two_at_one_keyboard_have_a_name_and_no_level(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/play/local?opponent_name=Bob&points=3")
    assert re.search(r'value="Bob"\s', answer.text)
    assert 'name="level"' not in answer.text
    assert 'data-mode="local"' in answer.text


async def test_a_name_with_html_stays_text_and_a_long_one_is_cut(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/play/local", params={"opponent_name": HTML_NAME + "!" * 50})
    assert "<img" not in answer.text
    assert f"{HTML_NAME}!!!!".replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "!!!!!" not in answer.text


async def test_without_scripts_the_page_says_what_it_needs(alice: httpx.AsyncClient) -> None:
    assert "<noscript>" in (await alice.get("/play/computer")).text


async def test_points_that_are_no_number_are_refused(alice: httpx.AsyncClient) -> None:
    assert (await alice.get("/play/computer?points=many")).status_code == 400


@pytest.mark.parametrize("page", ["play", "hotseat", "match", "online", "watch"])
async def test_a_page_preloads_its_script_and_all_that_this_imports(
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
        module = STATIC / name
        imported = {
            (module.parent / path).resolve() for path in IMPORTED.findall(module.read_text())
        }
        assert imported <= {(STATIC / each).resolve() for each in preloaded}


async def test_a_ticket_is_asked_for_in_the_name_of_the_player(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    answer = await alice.post("/play/tickets", json=WANTED, headers=JSON)
    assert answer.status_code == 201
    assert answer.json().keys() == {"ticket", "match_id", "seed", "rules", "expires_at"}
    assert answer.headers["cache-control"] == "no-store"
    asked = history.switch.asked[-1]
    assert asked.headers["authorization"].startswith("Bearer ")
    assert asked.read() == (b'{"mode":"ai","points":5,"level":"hard","opponent_name":null}')


async def test_a_finished_match_reaches_history_byte_for_byte(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    answer = await alice.post("/play/matches", content=FINISHED, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["verified"] is True
    assert LOG in history.switch.asked[-1].read()


async def test_the_same_match_sent_again_and_at_once_gives_the_same_record(
    alice: httpx.AsyncClient,
) -> None:
    first = await alice.post("/play/matches", content=FINISHED, headers=JSON)
    again = await asyncio.gather(
        *(alice.post("/play/matches", content=FINISHED, headers=JSON) for _ in range(5))
    )
    assert {answer.status_code for answer in again} == {200}
    assert {answer.json()["id"] for answer in again} == {first.json()["id"]}


async def test_a_session_that_ran_out_while_playing_is_renewed_on_the_way(
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

    async def test_a_stranger_gets_a_problem_and_history_hears_nothing(
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

    async def test_another_site_cannot_play_for_a_player(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        answer = await alice.post(path, content=self.body(path), headers=CROSS_SITE)
        assert answer.status_code == 403
        assert history.switch.asked == []

    async def test_history_down_is_a_problem_that_may_pass(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        history.switch.down = True
        answer = await alice.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"

    async def test_what_a_dying_replica_loses_is_not_repeated(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        history.switch.loses = 1
        answer = await alice.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 503
        assert len(history.switch.asked) == 1

    async def test_a_renewal_that_cannot_be_had_may_pass_too(
        self, alice_expired: httpx.AsyncClient, auth: StandInAuth, path: str
    ) -> None:
        auth.switch.down = True
        answer = await alice_expired.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 503
        assert answer.json()["code"] == "backend_down"

    async def test_history_that_is_busy_is_passed_on(
        self, alice: httpx.AsyncClient, history: StandInHistory, path: str
    ) -> None:
        history.switch.answers_with = 429
        answer = await alice.post(path, content=self.body(path), headers=JSON)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "5"

    async def test_it_cannot_be_read(self, alice: httpx.AsyncClient, path: str) -> None:
        assert (await alice.get(path)).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/play/computer", "/play/local"])
async def test_the_page_has_a_place_for_why_a_match_was_refused_and_for_what_to_quote(
    alice: httpx.AsyncClient, path: str
) -> None:
    page = (await alice.get(path)).text
    assert page.count('data-role="refusal"') == 1
    assert page.count('data-role="match-id"') == 1


async def test_a_refused_match_says_why(alice: httpx.AsyncClient, history: StandInHistory) -> None:
    history.refuses = True
    answer = await alice.post("/play/matches", content=FINISHED, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["code"] == HistoryCode.LOG_RUNS_ON
    assert answer.json()["detail"] == "The log goes on after the match has ended."
