"""Failures: pages for people, problem details for scripts."""

import httpx
import pytest
from litestar import Litestar, get

from contracts.history.problems import HistoryCode
from tests.stand_ins.history import StandInHistory
from tests.stand_ins.services import StandIns
from ui.error_pages import TEXTS_BY_STATUS


@get("/broken")
async def broken() -> None:
    raise RuntimeError("a secret detail")


@pytest.fixture(scope="module")
def the_pages(built_stand_ins: StandIns) -> Litestar:
    app = built_stand_ins.pages()
    app.register(broken)
    return app


async def test_an_unknown_address_has_an_error_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/no/such/page")
    assert answer.status_code == 404
    assert "Out of court" in answer.text
    assert "Back to the home page" in answer.text


async def test_an_error_page_depends_on_the_visitor(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/no/such/page")
    assert "Back to the lobby" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_wrong_method_has_an_error_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.delete("/lobby")
    assert answer.status_code == 405
    assert "Wrong shot" in answer.text


async def test_a_bug_reveals_nothing(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/broken")
    assert answer.status_code == 500
    assert "Our fault" in answer.text
    assert "a secret detail" not in answer.text
    assert 'href="/broken">Try again' in answer.text


async def test_throttling_is_reported_with_the_time_to_wait(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.answers_with = 429
    answer = await alice.get("/matches")
    assert answer.status_code == 429
    assert "Wait 5 s" in answer.text
    assert answer.headers["retry-after"] == "5"


async def test_a_refusal_of_a_backend_has_an_error_page(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.answers_with = 403
    answer = await alice.get("/matches")
    assert answer.status_code == 403
    assert "Not your side of the net" in answer.text


async def test_a_backend_that_requires_signing_in_leads_there(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.answers_with = 401
    answer = await alice.get("/matches")
    assert answer.headers["location"] == "/sign-in?next=%2Fmatches"


async def test_scripts_get_problem_details(browser: httpx.AsyncClient) -> None:
    headers = {"Accept": "application/json"}
    answer = await browser.post("/play/tickets", json={"mode": "ai", "points": 7}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == "not_signed_in"


async def test_scripts_get_the_problem_of_the_backend(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.refuses = True
    body = {"ticket": "t", "inputs": {"ticks": 1, "changes": []}}
    headers = {"Accept": "application/json"}
    answer = await alice.post("/play/matches", json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == HistoryCode.LOG_RUNS_ON
    assert answer.json()["detail"] == "The log goes on after the match has ended."


async def test_scripts_are_told_that_a_backend_is_unavailable(
    alice: httpx.AsyncClient, history: StandInHistory
) -> None:
    history.switch.down = True
    headers = {"Accept": "application/json"}
    answer = await alice.post("/play/tickets", json={"mode": "ai", "points": 7}, headers=headers)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


def test_every_status_has_a_text_and_a_link() -> None:
    assert {400, 403, 404, 405, 413, 429, 500, 503} == set(TEXTS_BY_STATUS)
    for heading, advice in TEXTS_BY_STATUS.values():
        assert heading
        assert advice.endswith(".")
