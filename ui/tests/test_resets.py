"""Forgotten passwords: the same answer for every address, and a new password behind the link."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.email_links import EmailLinks
from ui.session.cookies import REFRESH_COOKIE

NEW = "a whole new sentence"


@pytest.fixture
def link(email_links: EmailLinks, auth: StandInAuth) -> str:
    return email_links.send("reset", auth.people["Alice"])


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
async def test_every_address_gets_the_same_answer(browser: httpx.AsyncClient, email: str) -> None:
    answer = await browser.post("/forgot", data={"email": email})
    assert (answer.status_code, answer.headers["location"]) == (303, "/forgot/sent")
    page = (await browser.get("/forgot/sent")).text
    assert "If an account has verified this address" in page
    assert email not in page


async def test_a_request_sends_a_link(browser: httpx.AsyncClient, email_links: EmailLinks) -> None:
    await browser.post("/forgot", data={"email": " alice@example.org "})
    assert [link.person.name for link in email_links.links.values()] == ["Alice"]


async def test_a_missing_address_is_reported_at_the_field(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await browser.post("/forgot", data={"email": " "})
    assert answer.status_code == 400
    assert 'id="email-error">Enter your email address.' in answer.text
    assert auth.switch.asked == []


async def test_throttling_and_an_unavailable_auth_are_reported(
    browser: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.limited = frozenset({"reset"})
    answer = await browser.post("/forgot", data={"email": "alice@example.org"})
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text
    auth.switch.down = True
    answer = await browser.post("/forgot", data={"email": "alice@example.org"})
    assert answer.status_code == 503
    assert 'value="alice@example.org"' in answer.text


async def test_the_new_password_signs_in(browser: httpx.AsyncClient, link: str) -> None:
    page = await browser.get("/reset", params={"token": link})
    assert 'autocomplete="new-password"' in page.text
    answer = await browser.post("/reset", data={"token": link, "password": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "Password changed" in (await browser.get("/sign-in")).text
    answer = await browser.post("/sign-in", data={"username": "Alice", "password": NEW})
    assert answer.headers["location"] == "/lobby"


async def test_a_reset_signs_this_browser_out(alice: httpx.AsyncClient, link: str) -> None:
    await alice.post("/reset", data={"token": link, "password": NEW})
    assert REFRESH_COOKIE not in alice.cookies
    assert (await alice.get("/sign-in")).status_code == 200


@pytest.mark.parametrize("password", ["", "short"])
async def test_a_bad_password_is_reported_and_the_link_remains_valid(
    browser: httpx.AsyncClient, link: str, password: str
) -> None:
    answer = await browser.post("/reset", data={"token": link, "password": password})
    assert answer.status_code == 400
    assert 'id="password-error">Choose a' in answer.text
    assert f'value="{link}"' in answer.text
    answer = await browser.post("/reset", data={"token": link, "password": NEW})
    assert answer.status_code == 303


async def test_a_link_works_once(browser: httpx.AsyncClient, auth: StandInAuth, link: str) -> None:
    await browser.post("/reset", data={"token": link, "password": NEW})
    answer = await browser.post("/reset", data={"token": link, "password": "somebody else's"})
    assert answer.status_code == 410
    assert 'href="/forgot">Ask for a new link' in answer.text
    assert auth.people["Alice"].password == NEW


async def test_an_unknown_link_leads_to_a_new_one(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/reset", data={"token": "made up", "password": NEW})
    assert answer.status_code == 404
    assert 'href="/forgot">Ask for a new link' in answer.text
    assert NEW not in answer.text
