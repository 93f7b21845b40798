"""The browser's session, which is renewed during requests and ended only by auth."""

import asyncio
import logging

import httpx
import pytest

from contracts.auth.problems import AuthCode
from tests.stand_ins.auth import StandInAuth
from ui.session.cookies import ACCESS_COOKIE, REFRESH_COOKIE

REFRESH_PATH = "/api/user/refresh"


async def test_a_valid_token_suffices_without_a_request_to_auth(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice.get("/lobby")
    assert answer.status_code == 200
    assert "Alice" in answer.text
    assert auth.switch.paths() == []
    assert "set-cookie" not in answer.headers


async def test_an_expired_token_is_renewed_during_a_request(
    alice_expired: httpx.AsyncClient,
) -> None:
    before = dict(alice_expired.cookies)
    answer = await alice_expired.get("/lobby")
    assert answer.status_code == 200
    assert alice_expired.cookies[ACCESS_COOKIE] != before[ACCESS_COOKIE]
    assert alice_expired.cookies[REFRESH_COOKIE] != before[REFRESH_COOKIE]


async def test_a_token_about_to_expire_is_renewed(
    alice_expiring: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await alice_expiring.get("/lobby")
    assert auth.switch.paths() == [REFRESH_PATH]


async def test_new_cookies_are_set_even_on_an_error(alice_expired: httpx.AsyncClient) -> None:
    answer = await alice_expired.get("/nothing/here")
    assert answer.status_code == 404
    assert "Alice" in answer.text
    assert len(answer.headers.get_list("set-cookie")) == 2


async def test_the_gateway_can_have_a_session_renewed_for_other_addresses(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice_expired.get("/session")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == [ACCESS_COOKIE, REFRESH_COOKIE]
    auth.switch.asked.clear()
    answer = await alice_expired.get("/session")
    assert (answer.status_code, "set-cookie" in answer.headers) == (204, False)
    assert auth.switch.paths() == []


async def test_the_gateway_distinguishes_an_ended_session_from_an_outage(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice_expired.get("/session")
    assert (answer.status_code, "set-cookie" in answer.headers) == (204, False)
    auth.switch.down = False
    auth.end_sessions()
    answer = await alice_expired.get("/session")
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.split(";")[0] for cookie in cookies] == [
        f'{ACCESS_COOKIE}=""',
        f'{REFRESH_COOKIE}=""',
    ]


async def test_cookies_are_host_only_secure_and_inaccessible_to_scripts(
    alice_expired: httpx.AsyncClient,
) -> None:
    answer = await alice_expired.get("/lobby")
    for cookie in answer.headers.get_list("set-cookie"):
        name, *attributes = cookie.split("; ")
        assert name.startswith("__Host-")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(attributes)
        assert not any(attribute.startswith("Domain") for attribute in attributes)


async def test_parallel_requests_get_the_same_session(
    alice_expired: httpx.AsyncClient,
) -> None:
    old = {"Cookie": "; ".join(f"{name}={value}" for name, value in alice_expired.cookies.items())}
    alice_expired.cookies.clear()
    answers = await asyncio.gather(*(alice_expired.get("/lobby", headers=old) for _ in range(5)))
    refreshed = {answer.cookies[REFRESH_COOKIE] for answer in answers}
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(refreshed) == 1


async def test_an_ended_session_is_forgotten_and_logged(
    alice_expired: httpx.AsyncClient, auth: StandInAuth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    auth.end_sessions()
    answer = await alice_expired.get("/lobby")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Flobby"
    assert ACCESS_COOKIE not in alice_expired.cookies
    assert REFRESH_COOKIE not in alice_expired.cookies
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    [ended] = [each for each in said if each.get("event.action") == "browser-session-end"]
    assert ended["event.reason"] == AuthCode.SESSION_OVER


async def test_a_public_page_opens_after_the_session_has_ended(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.end_sessions()
    answer = await alice_expired.get("/")
    assert answer.status_code == 200
    assert "Sign in" in answer.text
    assert REFRESH_COOKIE not in alice_expired.cookies


async def test_nothing_is_forgotten_while_auth_is_down(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = True
    auth.switch.down = True
    answer = await alice_expired.get("/lobby")
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers
    auth.switch.down = False
    assert (await alice_expired.get("/lobby")).status_code == 200


async def test_a_busy_or_broken_auth_ends_no_session(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    for status in (429, 500, 502):
        auth.switch.answers_with = status
        answer = await alice_expired.get("/lobby")
        assert answer.status_code == 503
        assert "set-cookie" not in answer.headers


async def test_a_public_page_says_that_accounts_are_unavailable(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.switch.down = True
    answer = await alice_expired.get("/")
    assert answer.status_code == 200
    assert "We can’t check whether you’re signed in right now" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_valid_token_is_accepted_while_auth_is_down(
    alice_expiring: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = True
    auth.switch.down = True
    answer = await alice_expiring.get("/lobby")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


async def test_no_token_can_be_verified_without_keys(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.switch.down = True
    answer = await alice.get("/lobby")
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


async def test_a_token_with_another_key_counts_as_none(browser: httpx.AsyncClient) -> None:
    stranger = StandInAuth().sign_in("Alice")
    browser.cookies.set(ACCESS_COOKIE, stranger.access_token, domain="pong.test", path="/")
    answer = await browser.get("/lobby")
    assert answer.status_code == 303


async def test_invalid_cookies_are_ignored(browser: httpx.AsyncClient) -> None:
    browser.cookies.set(ACCESS_COOKIE, "rubbish", domain="pong.test", path="/")
    assert (await browser.get("/")).status_code == 200


async def test_signing_out_ends_the_session_at_auth_and_in_the_browser(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    refresh_token = alice.cookies[REFRESH_COOKIE]
    answer = await alice.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert not auth.is_open(refresh_token)
    assert (await alice.get("/lobby")).status_code == 303


async def test_signing_out_works_in_the_browser_while_auth_is_down(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = True
    auth.switch.down = True
    await alice.post("/sign-out")
    assert REFRESH_COOKIE not in alice.cookies


async def test_signing_out_twice_is_allowed(alice: httpx.AsyncClient) -> None:
    await alice.post("/sign-out")
    assert (await alice.post("/sign-out")).status_code == 303


async def test_signing_out_ends_a_session_renewed_in_the_same_request(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await alice_expired.post("/sign-out")
    ended = auth.switch.asked[-1]
    assert ended.url.path == "/api/user/logout"
    assert REFRESH_COOKIE not in alice_expired.cookies


async def test_another_site_cannot_sign_a_player_out(alice: httpx.AsyncClient) -> None:
    answer = await alice.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "<h1>" in answer.text
    assert REFRESH_COOKIE in alice.cookies
