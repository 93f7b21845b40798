"""Accessibility of pages for two people on two machines: before, during and after their match."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable

import asyncpg
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.accessibility import check
from tests.browser.people import befriend, invite, let_in, meet
from tests.browser.people import register_verified as verified
from tests.browser.steps import is_in
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client

pytestmark = pytest.mark.thorough

Rivals = tuple[Account, Account]
Scene = Callable[[Page, Rivals], Awaitable[object]]
"""Brings a page of the first of two players into the state to be checked."""


async def called(page: Page, rivals: Rivals) -> None:
    """Open the lobby with every kind of call except that of a match."""
    me, friend = rivals
    await invite(me)
    await invite(me, to=friend)
    await invite(friend, to=me)
    await waiting(page, rivals)
    await page.goto("/lobby")
    await expect(page.locator(".call")).to_have_count(4)


async def waiting(page: Page, _: Rivals) -> None:
    await page.goto("/lobby")
    await page.get_by_role("button", name="Find an opponent").click()
    await expect(page.get_by_role("heading", name="Waiting for an opponent")).to_be_visible()


async def match_call(page: Page, rivals: Rivals) -> None:
    await invite(rivals[1], to=rivals[0])
    await page.goto("/settings/privacy")
    await expect(page.get_by_text("challenges you.")).to_be_visible()


async def with_a_link(page: Page, rivals: Rivals) -> None:
    await page.goto(f"/invitations/{await invite(rivals[0])}")
    await expect(page.get_by_label("Invitation link")).to_be_visible()


async def invited(page: Page, rivals: Rivals) -> None:
    await page.goto(f"/invitations/{await invite(rivals[1], to=rivals[0])}")
    await expect(page.get_by_role("button", name="Decline")).to_be_visible()


async def invited_too_late(page: Page, _: Rivals) -> None:
    await page.goto("/invitations/00000000-0000-7000-8000-000000000000")
    await expect(
        page.get_by_role("heading", name="This invitation is no longer open")
    ).to_be_visible()


async def challenging(page: Page, rivals: Rivals) -> None:
    await page.goto(f"/players/{rivals[1].username}#challenge")
    await expect(page.get_by_role("button", name="Send challenge")).to_be_visible()


async def rated(page: Page, rivals: Rivals) -> None:
    await page.goto(f"/players/{rivals[0].username}")
    await expect(page.get_by_role("img", name=re.compile("^Rating: "))).to_be_visible()


async def ranked(page: Page, _: Rivals) -> None:
    await page.goto("/leaderboard")
    await expect(page.locator("tr[data-own]")).to_be_visible()


async def looking_back(page: Page, _: Rivals) -> None:
    await page.goto("/matches?mode=online")
    await page.get_by_role("listitem").get_by_role("link").first.click()
    await expect(page.get_by_role("heading", name="Connection")).to_be_visible()


@pytest.mark.parametrize(
    "scene",
    [
        called,
        waiting,
        match_call,
        with_a_link,
        invited,
        invited_too_late,
        challenging,
        rated,
        ranked,
        looking_back,
    ],
)
async def test_pages_of_online_players_are_accessible(
    page: Page, platform: Platform, rivals: Rivals, scene: Scene, page_errors: list[str]
) -> None:
    await let_in(page.context, rivals[0], platform)
    try:
        await scene(page, rivals)
        # Chromium logs the answer 404 as an error; one of these pages has it on purpose.
        page_errors.clear()
        await check(page)
    finally:
        # The page is left first, so that it does not react to the clean-up.
        await page.goto("about:blank")
        await _take_all_back(rivals)


async def test_the_court_of_a_live_match_is_accessible(
    pages: tuple[Page, Page], pair: Rivals, page: Page
) -> None:
    mine, theirs = pages
    path = await meet(*pair)
    await mine.goto(path)
    court = mine.locator("[data-online]")
    await is_in(court, "waiting")
    await check(mine)

    await theirs.goto(path)
    await is_in(court, "playing")
    await page.goto("/watch")
    await expect(page.get_by_role("link", name=re.compile(pair[0].username))).to_be_visible()
    await check(page)
    await page.goto(path.replace("/online/", "/watch/"))
    await is_in(page.locator("[data-watch]"), "playing")
    await check(page)
    await mine.get_by_role("button", name="Resign").click()
    await check(mine)

    await mine.get_by_role("dialog").get_by_role("button", name="Resign").click()
    await is_in(court, "ended")
    await check(mine)
    await page.goto(path.replace("/online/", "/watch/"))
    await expect(page.get_by_role("heading", name="This match is over")).to_be_visible()
    await check(page)


@pytest.fixture(scope="session")
async def rivals(platform: Platform, browser: Browser) -> AsyncGenerator[Rivals, None]:
    """Two friends, of whom the first has won a rated match and has a rank."""
    async with gateway_client(platform) as client:
        one, other = await verified(platform, client), await verified(platform, client)
        await befriend(one, other)
        await _win(browser, platform, one, other)
        await _make_sure_of_ratings(platform)
        yield one, other


async def _win(browser: Browser, platform: Platform, one: Account, other: Account) -> None:
    path = await meet(one, other)
    contexts = [
        await browser.new_context(base_url=platform.url, ignore_https_errors=True) for _ in range(2)
    ]
    for context, account in zip(contexts, (one, other), strict=True):
        await let_in(context, account, platform)
    winner, loser = [await context.new_page() for context in contexts]
    await asyncio.gather(winner.goto(path), loser.goto(path))
    await is_in(loser.locator("[data-online]"), "playing")
    await loser.get_by_role("button", name="Resign").click()
    await loser.get_by_role("dialog").get_by_role("button", name="Resign").click()
    await winner.get_by_role("link", name="View match").click()
    await expect(winner.get_by_role("heading", name="Connection")).to_be_visible()
    for context in contexts:
        await context.close()


async def _make_sure_of_ratings(platform: Platform) -> None:
    """Mark all ratings as settled in the database: a rank would otherwise take many matches."""
    connection = await asyncpg.connect(platform.database_url("history"))
    try:
        await connection.execute("UPDATE ratings SET settled_until = now() + interval '1 day'")
    finally:
        await connection.close()


async def _take_all_back(rivals: Rivals) -> None:
    for one in rivals:
        await one.client.delete("/api/tournament/queue", headers=one.headers)
        answer = await one.client.get("/api/tournament/invitations", headers=one.headers)
        for invitation in answer.json()["outgoing"]:
            await one.client.delete(
                f"/api/tournament/invitations/{invitation['id']}", headers=one.headers
            )
