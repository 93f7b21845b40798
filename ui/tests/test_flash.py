"""Notices are shown once, on the next page, and their cookie cannot carry other texts."""

import httpx
import pytest

from ui.flash import NOTICES, set_notice
from ui.session.cookies import NOTICE_COOKIE
from ui.session.state import BrowserSession


async def test_a_notice_is_shown_once(browser: httpx.AsyncClient) -> None:
    browser.cookies.set(NOTICE_COOKIE, "challenge_over", domain="pong.test", path="/")
    page = await browser.get("/sign-in")
    assert NOTICES["challenge_over"].text in page.text
    assert page.headers["cache-control"] == "no-store"
    assert NOTICE_COOKIE not in browser.cookies
    assert NOTICES["challenge_over"].text not in (await browser.get("/sign-in")).text


async def test_a_partial_page_leaves_the_notice_to_the_next_page(alice: httpx.AsyncClient) -> None:
    alice.cookies.set(NOTICE_COOKIE, "confirmed", domain="pong.test", path="/")
    part = {"HX-Request": "true", "HX-Target": "div#more-matches"}
    await alice.get("/matches", headers=part)
    assert NOTICE_COOKIE in alice.cookies
    assert NOTICES["confirmed"].text in (await alice.get("/matches")).text


@pytest.mark.parametrize("made_up", ["<b>", "nothing", "__class__"])
async def test_an_invented_notice_is_not_shown(browser: httpx.AsyncClient, made_up: str) -> None:
    browser.cookies.set(NOTICE_COOKIE, made_up, domain="pong.test", path="/")
    page = await browser.get("/sign-in")
    assert page.status_code == 200
    assert 'class="notice"' not in page.text
    assert NOTICE_COOKIE not in browser.cookies


def test_an_unknown_notice_is_a_programming_error() -> None:
    session = BrowserSession()
    with pytest.raises(KeyError):
        set_notice(session, "no_such_notice")
    assert session.cookies == {}


def test_every_notice_is_a_sentence() -> None:
    assert [key for key, notice in NOTICES.items() if not notice.text.endswith(".")] == []
