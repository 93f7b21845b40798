"""No page, in any state, breaks a machine-checkable rule of WCAG 2.2 AA: dark
and light, phone and desktop."""

import re

import pytest
from playwright.async_api import Page, expect

from pong.court import RULES_VERSION
from tests.browser.accessibility import Scene, check
from tests.browser.people import give_past, let_in
from tests.browser.steps import answer_with, rush_to_the_end, start_match
from tests.fixtures.platform import Platform
from tests.platform.players import Account, local_match

SEED, POINTS = 1, 3


pytestmark = pytest.mark.thorough


async def landing(page: Page) -> None:
    await page.goto("/")


async def register_with_errors(page: Page) -> None:
    await page.goto("/register")
    await page.locator("form.form").evaluate("form => { form.noValidate = true }")
    await page.get_by_label("Player name").fill("a!")
    await page.get_by_role("button", name="Create account").click()
    await expect(page).to_have_title(re.compile("Check the form"))


async def sign_in(page: Page) -> None:
    await page.goto("/sign-in")


async def missing(page: Page) -> None:
    await page.goto("/nothing/here")


async def lobby(page: Page) -> None:
    await page.goto("/lobby")


async def history(page: Page) -> None:
    await page.goto("/matches")
    await page.get_by_role("link", name="Load more").click()
    await expect(page.get_by_role("link", name="Load more")).to_have_count(0)


async def match(page: Page) -> None:
    await page.route("**/replay", answer_with(replay()))
    await page.goto("/matches")
    await page.get_by_role("listitem").get_by_role("link").first.click()
    await expect(page.locator("[data-replay]")).to_have_attribute("data-state", "paused")
    await expect(page.locator("[data-role=points] button")).to_have_count(5)


def replay() -> dict[str, object]:
    """Open the replay of a real match: inserted old matches have no inputs."""
    log = local_match(SEED, POINTS)
    inputs = {"ticks": log.ticks, "changes": log.changes}
    wanted = {"seed": SEED, "points": POINTS, "level": None, "rules": RULES_VERSION}
    return {"record": {"mode": "local"}, "inputs": inputs, **wanted}


async def choose(page: Page) -> None:
    await page.goto("/play/local")


async def paused(page: Page) -> None:
    court = await start_match(page, "/play/computer")
    await page.keyboard.press("Escape")
    await expect(court).to_have_attribute("data-state", "paused")


async def ended(page: Page) -> None:
    await rush_to_the_end(page, "/play/computer?points=3")


@pytest.mark.parametrize("scene", [landing, register_with_errors, sign_in, missing])
async def test_pages_of_a_visitor_are_accessible(
    page: Page, scene: Scene, page_errors: list[str]
) -> None:
    await scene(page)
    # Chromium logs answers of 400 and 404 as errors; these pages have them on purpose.
    page_errors.clear()
    await check(page)


@pytest.mark.parametrize("scene", [lobby, history, match, choose, paused, ended])
async def test_pages_of_a_player_are_accessible(
    page: Page, platform: Platform, veteran: Account, scene: Scene
) -> None:
    await let_in(page.context, veteran, platform)
    await scene(page)
    await check(page)


@pytest.fixture(scope="session")
async def veteran(platform: Platform, regular: Account) -> Account:
    await give_past(platform, regular, matches=25)
    return regular
