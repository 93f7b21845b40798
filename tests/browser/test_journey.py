"""A first visit: from registering to a verified match and its replay."""

import re

from playwright.async_api import Page, expect

from tests.browser.steps import play_to_the_end, register


async def test_a_new_player_plays_finds_the_match_and_watches_its_replay(
    page: Page, username: str
) -> None:
    await page.goto("/")
    await page.get_by_role("link", name="Play now").click()
    await register(page, username)

    left, right = await play_to_the_end(page, level="easy", points=3)
    assert max(left, right) == 3

    await expect(page.locator("[data-play]")).to_have_attribute("data-delivery", "stored")
    await page.goto("/matches")
    row = page.get_by_role("listitem").filter(has_text="Computer").first
    await expect(row).to_contain_text(re.compile(rf"{left}\s*–\s*{right}"))
    await expect(row).to_contain_text("Won" if left > right else "Lost")

    await row.get_by_role("link").click()
    replay = page.locator("[data-replay]")
    await replay.get_by_role("radio", name="4×").check(force=True)
    await replay.get_by_role("button", name="Play").click()
    await expect(replay).to_have_attribute("data-state", "ended", timeout=60_000)
    await expect(replay.locator("[data-role=score]")).to_have_text(f"{left} – {right}")
