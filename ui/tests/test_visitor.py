"""ui tells auth about the browser behind each call: address, user agent and device token."""

import asyncio

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from ui.session.cookies import DEVICE_COOKIE, DEVICE_COOKIE_SECONDS
from ui.session.visitor import DEVICE_TOKEN

SIGN_IN = {"username": "Alice", "password": "alice likes pong"}
ALICES = {"X-Real-IP": "192.0.2.7", "User-Agent": "Alice's browser"}
KNOWN = "k" * 43


async def test_address_and_user_agent_are_sent_with_every_call(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await browser.post("/sign-in", data=SIGN_IN, headers=ALICES)
    await browser.get("/register", headers=ALICES)
    await browser.post("/sign-out", headers=ALICES)
    assert auth.switch.asked
    for asked in auth.switch.asked:
        assert {name: asked.headers[name] for name in ALICES} == ALICES


async def test_address_and_user_agent_are_sent_with_a_renewal(
    alice_expired: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await alice_expired.get("/lobby", headers=ALICES)
    assert auth.switch.asked[0].headers["X-Real-IP"] == ALICES["X-Real-IP"]


async def test_parallel_visitors_are_not_mixed_up(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    addresses = {f"192.0.2.{number}" for number in range(1, 21)}
    await asyncio.gather(
        *(browser.get("/sign-in", headers={"X-Real-IP": address}) for address in addresses)
    )
    assert {asked.headers["X-Real-IP"] for asked in auth.switch.asked} == addresses


async def test_a_browser_gets_a_device_token_when_it_signs_in(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    await browser.get("/sign-in")
    assert DEVICE_COOKIE not in browser.cookies
    answer = await browser.post("/sign-in", data=SIGN_IN)
    token = browser.cookies[DEVICE_COOKIE]
    assert DEVICE_TOKEN.fullmatch(token)
    assert auth.switch.asked[-1].headers["X-Device"] == token
    header = next(each for each in answer.headers.get_list("set-cookie") if DEVICE_COOKIE in each)
    for part in ("HttpOnly", "Secure", "SameSite=lax", f"Max-Age={DEVICE_COOKIE_SECONDS}"):
        assert part in header


async def test_a_device_token_remains_the_same_through_every_sign_in(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    browser.cookies.set(DEVICE_COOKIE, KNOWN, domain="pong.test", path="/")
    await browser.post("/sign-in", data=SIGN_IN)
    await browser.post("/sign-out")
    await browser.post("/sign-in", data=SIGN_IN)
    assert browser.cookies[DEVICE_COOKIE] == KNOWN
    assert {asked.headers["X-Device"] for asked in auth.switch.asked} == {KNOWN}


async def test_a_failed_sign_in_sets_no_device_token(browser: httpx.AsyncClient) -> None:
    await browser.post("/sign-in", data={**SIGN_IN, "password": "not this one"})
    assert DEVICE_COOKIE not in browser.cookies


@pytest.mark.parametrize("kept", ["", "short", "k" * 44, "<" * 43])
async def test_an_invalid_device_token_is_replaced(browser: httpx.AsyncClient, kept: str) -> None:
    cookie = {"Cookie": f"{DEVICE_COOKIE}={kept}"}
    answer = await browser.post("/sign-in", data=SIGN_IN, headers=cookie)
    assert DEVICE_TOKEN.fullmatch(answer.cookies[DEVICE_COOKIE])


async def test_an_odd_user_agent_causes_no_error(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    headers = [(b"User-Agent", b" caf\xe9 \x85 browser "), (b"Accept", b"text/html")]
    answer = await browser.post("/sign-in", data=SIGN_IN, headers=headers)
    assert answer.status_code == 303
    assert "browser" in auth.switch.asked[-1].headers["User-Agent"]
