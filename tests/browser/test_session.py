"""Browsers that return after their access token has expired, or whose
session was ended elsewhere."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import let_in
from tests.browser.steps import sign_in
from tests.fixtures.platform import Platform
from tests.platform.players import PASSWORD, Account

AT_ONCE = 8


@pytest.fixture
async def back_after_a_pause(page: Page, platform: Platform, newcomer: Account) -> Page:
    """Remove the access cookie, as browsers do after its ten minutes; the refresh cookie stays.

    The page's event stream must be open first: if it opened later, it would renew the session
    before the test does.
    """
    await let_in(page.context, newcomer, platform)
    async with page.expect_response("**/live"):
        await page.goto("/lobby")
    await page.context.clear_cookies(name="__Host-access")
    return page


async def test_a_session_survives_many_parallel_requests(back_after_a_pause: Page) -> None:
    page = back_after_a_pause
    places: list[str] = await page.evaluate(
        """(count) => Promise.all(
            Array.from({ length: count }, () => fetch("/matches").then(({ url }) => url))
        )""",
        AT_ONCE,
    )
    assert {re.sub("https://[^/]+", "", place) for place in places} == {"/matches"}
    await page.goto("/matches?mode=ai")
    await expect(page.get_by_role("heading", name="History")).to_be_visible()
    names = {cookie["name"] for cookie in await page.context.cookies()}
    assert {"__Host-access", "__Host-refresh"} <= names


async def test_several_tabs_renew_the_session_in_parallel(back_after_a_pause: Page) -> None:
    tabs = [await back_after_a_pause.context.new_page() for _ in range(3)]
    await asyncio.gather(*(tab.goto("/matches") for tab in tabs))
    for tab in tabs:
        await expect(tab).to_have_url(re.compile("/matches$"))


async def test_a_session_ended_elsewhere_leads_through_sign_in_back_to_the_page(
    back_after_a_pause: Page, newcomer: Account
) -> None:
    page = back_after_a_pause
    answer = await newcomer.client.post(
        "/api/user/logout", json={"refresh_token": newcomer.refresh_token}
    )
    assert answer.status_code == 204
    await page.goto("/matches?mode=ai")
    await expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fmatches%3Fmode%3Dai$"))
    await sign_in(page, newcomer.username, PASSWORD)
    await expect(page).to_have_url(re.compile(r"/matches\?mode=ai$"))
