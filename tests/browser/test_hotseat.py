"""A tournament at one keyboard: created, started, one match played on the
canvas, the next one announced."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.people import let_in
from tests.browser.steps import MATCH_MILLISECONDS
from tests.fixtures.platform import Platform
from tests.platform.players import Account

HOTSEAT = re.compile(r"/tournaments/[0-9a-f-]{36}/hotseat$")


async def test_the_winner_at_the_keyboard_advances_even_if_the_page_is_reloaded(
    new_context: NewContext, platform: Platform, stranger: Account
) -> None:
    context = await new_context()
    await let_in(context, stranger, platform)
    page = await context.new_page()
    await begin(page, "Ann", "Ben", "Cem")
    await expect(page.get_by_role("heading", name="Next: Ben against Cem")).to_be_visible()

    await start(page)
    # The page asks before a reload during a match, as other players wait for it; the test confirms.
    page.on("dialog", lambda dialog: dialog.accept())
    await page.reload()
    await expect(page.get_by_text("It starts again from 0 – 0.")).to_be_visible()
    winner = await play(page)

    await page.get_by_role("button", name="Next match").press("Enter")
    await expect(page.get_by_role("heading", name=f"Next: Ann against {winner}")).to_be_visible()
    # The state is the server's: another tab announces the same match.
    other = await context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_role("heading", name=f"Next: Ann against {winner}")).to_be_visible()
    await other.get_by_role("link", name="Same keyboard").click()
    await expect(other.locator(".bout[data-state=over] .side[data-won]")).to_contain_text(winner)


async def begin(page: Page, *names: str) -> None:
    await page.goto("/tournaments/hotseat/new")
    await page.get_by_label("Players: 2 to 64 names").fill("\n".join(names))
    await page.locator("input[name=points][value='3']").check(force=True)
    await page.get_by_role("button", name="Create tournament").click()
    await page.get_by_role("button", name="Start").click()
    await expect(page).to_have_url(HOTSEAT)


async def start(page: Page) -> None:
    await page.get_by_role("button", name="Start match").press("Enter")
    await expect(page.locator("[data-play]")).to_have_attribute("data-state", "countdown")


async def play(page: Page) -> str:
    """Play to the end with the right paddle out of the way; return the
    winner according to the server."""
    await start(page)
    await page.keyboard.down("ArrowUp")
    court = page.locator("[data-play]")
    await expect(court).to_have_attribute("data-state", "ended", timeout=MATCH_MILLISECONDS)
    await expect(court).to_have_attribute("data-delivery", "stored", timeout=MATCH_MILLISECONDS)
    return (await page.get_by_role("heading", name=" wins").inner_text()).removesuffix(" wins")
