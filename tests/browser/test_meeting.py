"""The ways into a match between two people (challenge, link, queue), and out of it."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.people import befriend, let_in, meet
from tests.browser.steps import COURT, is_in
from tests.fixtures.platform import Platform
from tests.platform.players import Account

Pages = tuple[Page, Page]
Pair = tuple[Account, Account]


async def test_a_friend_sees_a_challenge_on_another_page_and_accepts_it(
    pages: Pages, pair: Pair
) -> None:
    one, other = pages
    await befriend(*pair)
    await other.goto("/settings")
    await challenge(one, pair[1])

    await expect(other.get_by_text(f"{pair[0].username} challenges you.")).to_be_visible()
    await other.get_by_role("link", name="Go to the lobby").click()
    await other.get_by_role("button", name="Accept").click()
    await expect(other).to_have_url(COURT)
    await one.get_by_role("link", name="Go to your match").click()
    await asyncio.gather(*(is_in(page.locator("[data-online]"), "playing") for page in pages))


@pytest.mark.thorough
async def test_a_declined_challenge_disappears_from_both_lobbies(pages: Pages, pair: Pair) -> None:
    one, other = pages
    await befriend(*pair)
    await challenge(one, pair[1])
    await one.goto("/lobby")
    await other.goto("/lobby")
    calls = [page.locator(".call") for page in pages]
    await expect(calls[0]).to_contain_text(f"You challenged {pair[1].username}.")
    await other.get_by_role("button", name="Decline").click()
    for call in calls:
        await expect(call).to_have_count(0)


@pytest.mark.thorough
async def test_the_first_to_open_a_link_plays_and_the_next_is_too_late(
    pages: Pages,
    newcomer: Account,
    new_context: NewContext,
    platform: Platform,
    page_errors: list[str],
) -> None:
    one, other = pages
    await one.goto("/lobby")
    await one.get_by_role("button", name="Invite with a link").click()
    link = await one.get_by_label("Invitation link").input_value()
    await other.goto(link)
    await other.get_by_role("button", name="Accept and play").click()
    await asyncio.gather(*(expect(page).to_have_url(COURT) for page in pages))

    late = await new_context()
    await let_in(late, newcomer, platform)
    page = await late.new_page()
    await page.goto(link)
    await expect(
        page.get_by_role("heading", name="This invitation is no longer open")
    ).to_be_visible()
    # Chromium logs the answer 410 as an error; that page has it on purpose.
    page_errors.clear()


@pytest.mark.thorough
async def test_a_player_who_left_the_queue_is_not_paired(
    pages: Pages, pair: Pair, stranger: Account, new_context: NewContext, platform: Platform
) -> None:
    one, other = pages
    await queue(one)
    await one.get_by_role("button", name="Leave the queue").click()
    await expect(one.get_by_text("You’re no longer waiting for a match.")).to_be_visible()

    context = await new_context()
    await let_in(context, stranger, platform)
    third = await context.new_page()
    await asyncio.gather(queue(other), queue(third))
    for page in (other, third):
        await expect(page).to_have_url(COURT)
        for account in (pair[1], stranger):
            await expect(page.locator(".stage-name", has_text=account.username)).to_be_visible()
    await one.goto("/settings")
    await one.goto("/lobby")
    await expect(one.locator(".call")).to_have_count(0)


async def test_resigning_asks_for_confirmation_and_loses_the_match(
    pages: Pages, pair: Pair
) -> None:
    one, other = pages
    court = await meet(*pair)
    for page in pages:
        await page.goto(court)
    courts = [page.locator("[data-online]") for page in pages]
    await asyncio.gather(*(is_in(each, "playing") for each in courts))

    await one.get_by_role("button", name="Resign").click()
    await expect(one.get_by_role("button", name="Keep playing")).to_be_focused()
    await one.keyboard.press("Escape")
    await expect(one.get_by_role("group", name="Match")).to_be_focused()
    await is_in(courts[0], "playing")

    await one.get_by_role("button", name="Resign").click()
    await one.get_by_role("dialog").get_by_role("button", name="Resign").click()
    await expect(other.get_by_role("heading", name="You win")).to_be_visible()
    await expect(one.get_by_role("heading", name=f"{pair[1].username} wins")).to_be_visible()
    await expect(one.get_by_role("link", name="View match")).to_be_focused()
    await one.keyboard.press("Enter")
    await expect(one.get_by_text(re.compile(f"{pair[0].username} resigned"))).to_be_visible()


async def challenge(page: Page, friend: Account) -> None:
    await page.goto("/friends")
    await page.get_by_role("link", name=re.compile(f"Challenge.*{friend.username}")).click()
    await page.get_by_role("button", name="Send challenge").click()
    await expect(page.get_by_text("Challenge sent.")).to_be_visible()


async def queue(page: Page) -> None:
    await page.goto("/lobby")
    await page.get_by_role("button", name="Find an opponent").click()
