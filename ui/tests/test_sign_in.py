"""The sign-in page: offered methods, the second factor, and passkeys."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.sign_in_methods import CEREMONY, PUBLIC_KEY, Passkeys, Providers
from ui.session.cookies import ACCESS_COOKIE, CHALLENGE_COOKIE, REFRESH_COOKIE

BOB = {"username": "Bob", "password": "bob prefers chess"}
CODE = "123456"
JSON = {"Accept": "application/json"}
PASSKEY = "bobs-passkey"


@pytest.fixture
def bob(auth: StandInAuth) -> dict[str, str]:
    """A player with two-factor authentication."""
    auth.add_player(BOB["username"], BOB["password"]).code = CODE
    return BOB


@pytest.fixture
async def asked(browser: httpx.AsyncClient, bob: dict[str, str]) -> httpx.AsyncClient:
    """Bob's browser at the question for the second factor."""
    await browser.post("/sign-in", data={**bob, "next": "/matches"})
    return browser


@pytest.fixture
def with_passkey(passkeys: Passkeys, auth: StandInAuth) -> None:
    passkeys.owners[PASSKEY] = auth.people["Alice"]


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
async def test_every_configured_provider_is_offered(browser: httpx.AsyncClient, path: str) -> None:
    page = (await browser.get(path, params={"next": "/matches"})).text
    assert 'href="/sign-in/with/github?next=%2Fmatches">Continue with GitHub' in page
    assert "Continue with 42" in page
    assert "Google" not in page


async def test_without_providers_none_is_mentioned(
    browser: httpx.AsyncClient, providers: Providers
) -> None:
    providers.configured = []
    assert "Continue with" not in (await browser.get("/sign-in")).text
    assert "With another account" not in (await browser.get("/register")).text


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
async def test_the_page_opens_while_providers_cannot_be_listed(
    browser: httpx.AsyncClient, auth: StandInAuth, path: str
) -> None:
    auth.switch.answers_with = 500
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert 'id="password"' in answer.text


async def test_the_passkey_button_waits_for_its_script(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/sign-in")).text
    button = page.split("data-passkey=")[0].rpartition("<button")[2]
    assert "hidden" in button
    assert "js/passkey-button.js" in page
    assert "passkey" not in (await browser.get("/")).text


async def test_the_second_factor_is_required_before_a_session_begins(
    browser: httpx.AsyncClient, bob: dict[str, str]
) -> None:
    answer = await browser.post("/sign-in", data={**bob, "next": "/matches"})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in/code?next=%2Fmatches",
    )
    assert ACCESS_COOKIE not in browser.cookies
    assert browser.cookies[CHALLENGE_COOKIE] not in answer.headers["location"]
    page = (await browser.get(answer.headers["location"])).text
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.parametrize("typed", [CODE, "123 456", f" {CODE} "])
async def test_the_right_code_leads_to_the_requested_page(
    asked: httpx.AsyncClient, typed: str
) -> None:
    answer = await asked.post("/sign-in/code", data={"code": typed, "next": "/matches"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/matches")
    assert {ACCESS_COOKIE, REFRESH_COOKIE} <= set(asked.cookies)
    assert CHALLENGE_COOKIE not in asked.cookies


async def test_a_wrong_code_says_how_many_tries_are_left(asked: httpx.AsyncClient) -> None:
    for left in ("4 attempts left", "3 attempts left", "2 attempts left", "1 attempt left"):
        answer = await asked.post("/sign-in/code", data={"code": "000000", "next": "/matches"})
        assert answer.status_code == 401
        assert f'id="code-error">This code is wrong or has expired. {left}.' in answer.text
        assert "<title>Check the code" in answer.text
        assert 'value="/matches"' in answer.text


async def test_signing_in_starts_again_after_the_last_try(asked: httpx.AsyncClient) -> None:
    for _ in range(5):
        answer = await asked.post("/sign-in/code", data={"code": "000000", "next": "/matches"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fmatches")
    assert CHALLENGE_COOKIE not in asked.cookies
    assert "Sign in again" in (await asked.get("/sign-in")).text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_page_without_a_challenge_leads_to_sign_in(
    browser: httpx.AsyncClient, method: str
) -> None:
    answer = await browser.request(method, "/sign-in/code")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_code_cannot_be_used_twice(asked: httpx.AsyncClient) -> None:
    challenge = asked.cookies[CHALLENGE_COOKIE]
    await asked.post("/sign-in/code", data={"code": CODE})
    asked.cookies.clear()
    again = {"Cookie": f"{CHALLENGE_COOKIE}={challenge}"}
    answer = await asked.post("/sign-in/code", data={"code": CODE}, headers=again)
    assert answer.headers["location"] == "/sign-in"
    assert ACCESS_COOKIE not in asked.cookies


async def test_an_empty_code_does_not_count_as_a_try(
    asked: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await asked.post("/sign-in/code", data={"code": " "})
    assert answer.status_code == 400
    assert "Enter the code." in answer.text
    assert "/api/user/login/two-factor" not in auth.switch.paths()


async def test_the_field_of_a_recovery_code_accepts_letters(asked: httpx.AsyncClient) -> None:
    page = (await asked.get("/sign-in/code?recovery=true&next=%2Fmatches")).text
    assert "Recovery code" in page
    assert "numeric" not in page
    answer = await asked.post("/sign-in/code", data={"code": "no-such-one", "recovery": "true"})
    assert "Recovery code" in answer.text


async def test_an_outage_or_throttling_keeps_the_challenge(
    asked: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.limited = frozenset({"two-factor"})
    answer = await asked.post("/sign-in/code", data={"code": CODE})
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text
    auth.switch.down = True
    answer = await asked.post("/sign-in/code", data={"code": CODE})
    assert answer.status_code == 503
    assert CHALLENGE_COOKIE in asked.cookies


async def test_the_passkey_options_are_passed_on_unchanged(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in/passkey/options", headers=JSON)
    assert answer.status_code == 200
    assert answer.json() == {"ceremony": CEREMONY, "public_key": PUBLIC_KEY}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("with_passkey")
async def test_a_passkey_signs_in_and_returns_the_next_address(
    browser: httpx.AsyncClient,
) -> None:
    body = {"ceremony": CEREMONY, "credential": {"id": PASSKEY}, "next": "/matches"}
    answer = await browser.post("/sign-in/passkey", json=body, headers=JSON)
    assert answer.status_code == 200
    assert answer.json() == {"next": "/matches"}
    assert (await browser.get("/lobby")).status_code == 200


@pytest.mark.usefixtures("with_passkey")
async def test_a_passkey_never_leads_to_another_site(browser: httpx.AsyncClient) -> None:
    body = {"ceremony": CEREMONY, "credential": {"id": PASSKEY}, "next": "//evil.example"}
    answer = await browser.post("/sign-in/passkey", json=body, headers=JSON)
    assert answer.json() == {"next": "/lobby"}


async def test_an_unknown_passkey_is_refused_with_a_problem(
    browser: httpx.AsyncClient,
) -> None:
    body = {"ceremony": CEREMONY, "credential": {"id": "nobodys"}}
    answer = await browser.post("/sign-in/passkey", json=body, headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["code"] == "passkey_refused"
    assert ACCESS_COOKIE not in browser.cookies


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"ceremony": 1}', b"\xff"])
async def test_an_invalid_passkey_is_refused(browser: httpx.AsyncClient, body: bytes) -> None:
    headers = {**JSON, "Content-Type": "application/json"}
    answer = await browser.post("/sign-in/passkey", content=body, headers=headers)
    assert answer.status_code == 400


async def test_another_site_cannot_answer_for_a_player(
    asked: httpx.AsyncClient, auth: StandInAuth
) -> None:
    before = len(auth.switch.asked)
    evil = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/sign-in/code", "/sign-in/passkey", "/sign-in/passkey/options"):
        answer = await asked.post(path, data={"code": CODE}, headers=evil)
        assert answer.status_code == 403
    assert len(auth.switch.asked) == before
