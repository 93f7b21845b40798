"""The list of matches, extended and filtered by htmx."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import give_past, let_in
from tests.fixtures.platform import Platform
from tests.platform.players import Account

MATCHES = 45


@pytest.fixture
async def history(page: Page, platform: Platform, newcomer: Account) -> Page:
    await give_past(platform, newcomer, MATCHES)
    await let_in(page.context, newcomer, platform)
    await page.goto("/matches")
    return page


def rows(page: Page) -> Locator:
    return page.locator("[data-outcome]")


@pytest.mark.thorough
async def test_loading_more_keeps_the_focus_and_the_address(history: Page) -> None:
    more = history.locator("#load-more")
    await more.focus()
    for shown in (40, MATCHES):
        await history.keyboard.press("Enter")
        await expect(rows(history)).to_have_count(shown)
        await expect(more).to_be_focused()
        await expect(history.locator("#announcer")).to_have_text(f"{shown} matches shown")
        await expect(history).to_have_url(re.compile("/matches$"))
    await expect(more).to_have_text("End of the list")


@pytest.mark.thorough
async def test_a_filter_has_an_address_and_keeps_the_focus(history: Page) -> None:
    won = history.get_by_role("link", name="Won", exact=True)
    await won.focus()
    await history.keyboard.press("Enter")
    await expect(history).to_have_url(re.compile(r"/matches\?outcome=won$"))
    await expect(won).to_have_attribute("aria-current", "true")
    await expect(won).to_be_focused()
    assert set(await outcomes(history)) == {"won"}


@pytest.mark.thorough
async def test_back_from_a_filter_shows_the_whole_page(history: Page) -> None:
    await history.get_by_role("link", name="Lost", exact=True).click()
    await expect(history).to_have_url(re.compile("outcome=lost"))
    await history.go_back()
    await expect(history).to_have_url(re.compile("/matches$"))
    await expect(history.locator(".filter").last.locator("[aria-current]")).to_have_text("All")
    await whole_page_with_rows(history, 20)


async def test_back_from_a_match_shows_the_whole_page(history: Page) -> None:
    await history.locator("#load-more").click()
    await expect(rows(history)).to_have_count(40)
    await rows(history).last.get_by_role("link").click()
    await expect(history.get_by_role("heading", name="Verified")).to_be_visible()
    await history.go_back()
    # The longer list is gone, or is still there if the browser kept the
    # page: both are complete pages.
    await whole_page_with_rows(history, re.compile("20|40"))


async def outcomes(page: Page) -> list[str]:
    found: list[str] = await rows(page).evaluate_all("rows => rows.map(row => row.dataset.outcome)")
    return found


async def whole_page_with_rows(page: Page, count: int | re.Pattern[str]) -> None:
    await expect(page.get_by_role("banner")).to_be_visible()
    await expect(page.get_by_role("heading", name="History")).to_have_count(1)
    await expect(page.get_by_role("contentinfo")).to_have_count(1)
    assert re.fullmatch(
        count if isinstance(count, re.Pattern) else str(count), str(await rows(page).count())
    )
