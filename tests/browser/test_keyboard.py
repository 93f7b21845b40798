"""The site used with the keyboard alone: the focus is always visible and is never lost."""

import re

from playwright.async_api import Page, expect

from tests.browser.steps import rush_to_the_end
from tests.platform.players import PASSWORD, Account

MOST_TABS = 30

FOCUS_IS_VISIBLE = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return false;
    // A radio button is drawn by what follows it; the stage is all that there is to see.
    const drawn = focused.type === "radio" ? focused.nextElementSibling : focused;
    const style = getComputedStyle(drawn);
    const box = drawn.getBoundingClientRect();
    const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    return inside && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""
FOCUSED_NAME = """() => {
    const { ariaLabel, textContent, labels } = document.activeElement;
    return (ariaLabel ?? labels?.[0]?.textContent ?? textContent).trim();
}"""


async def test_the_keyboard_leads_from_the_landing_page_to_a_match_and_back(
    page: Page, newcomer: Account
) -> None:
    await page.goto("/")
    await tab_to(page, "Sign in")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Player name")).to_be_focused()
    await page.keyboard.type(newcomer.username)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/lobby$"))

    await tab_to(page, "Normal")
    await page.keyboard.press("ArrowLeft")
    await tab_to(page, "Play the computer")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("level=easy"))
    await tab_to(page, "Start")
    await page.keyboard.press("Enter")
    court = page.locator("[data-play]")
    await expect(court).to_have_attribute("data-state", "playing")
    await expect(page.get_by_role("group", name="Match")).to_be_focused()

    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Resume")).to_be_focused()
    assert await page.evaluate(FOCUS_IS_VISIBLE)
    await page.keyboard.press("Enter")
    await expect(court).to_have_attribute("data-state", "playing")
    await expect(page.get_by_role("group", name="Match")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(court).to_have_attribute("data-state", "paused")
    await tab_to(page, "Leave the match")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/lobby$"))


async def test_after_a_match_the_focus_is_on_playing_again(player_page: Page) -> None:
    await rush_to_the_end(player_page, "/play/computer?points=3")
    await expect(player_page.get_by_role("button", name="Play again")).to_be_focused()
    assert await player_page.evaluate(FOCUS_IS_VISIBLE)
    await tab_to(player_page, "Change settings")
    await player_page.keyboard.press("Enter")
    await expect(player_page.get_by_role("button", name="Start")).to_be_focused()


async def test_the_first_field_with_an_error_has_the_focus(
    page: Page, page_errors: list[str]
) -> None:
    await page.goto("/register")
    await page.get_by_label("Player name").fill("fine-name")
    await page.get_by_label("Email").fill("somebody@example.org")
    await page.get_by_label("Password").fill("short")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Password")).to_be_focused()
    await expect(page.get_by_label("Password")).to_have_accessible_description(
        re.compile("at least 8")
    )
    assert len(page_errors) == 1, "Chromium notes the answer 400"
    page_errors.clear()


async def tab_to(page: Page, name: str) -> None:
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        assert await page.evaluate(FOCUS_IS_VISIBLE), await page.evaluate(FOCUSED_NAME)
        if await page.evaluate(FOCUSED_NAME) == name:
            return
    raise AssertionError(f"{name} cannot be reached with Tab")
