"""Steps that a person takes on the site."""

import json
import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, Route, expect

from tests.fixtures.provider import OpenIdProcess

PASSWORD = "a long walk along the net"
LOOKS_OF_PROVIDER = "cdn.jsdelivr.net"
MATCH_MILLISECONDS = 90_000
COURT = re.compile(r"/online/[0-9a-f-]{36}$")
MADE_UP_TICKET = {"ticket": "made up", "match_id": "0", "seed": 1, "rules": 1}
COUNTDOWN_AND_SHORT_MATCH_MILLISECONDS = 30_000


async def register(page: Page, username: str) -> None:
    await page.goto("/register")
    await page.get_by_label("Player name").fill(username)
    await page.get_by_label("Email").fill(f"{username}@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("Signed in as")).to_be_attached()


async def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form of the current page."""
    await page.get_by_label("Player name").fill(username)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def start_match(page: Page, address: str) -> Locator:
    """Start a match on a play page; return the court during its countdown."""
    await page.goto(address)
    await scripts_loaded(page)
    await page.get_by_role("button", name="Start").press("Enter")
    court = page.locator("[data-play]")
    await expect(court).to_have_attribute("data-state", "countdown")
    return court


async def scripts_loaded(page: Page) -> None:
    """Wait until the page's elements are connected to their scripts: before
    that, a press does nothing."""
    await page.evaluate(
        """async () => {
            const { src } = document.querySelector("script[src$='js/connect.js']");
            await (await import(src)).loaded();
        }"""
    )


async def play_to_the_end(page: Page, *, level: str, points: int) -> tuple[int, int]:
    """Play with held keys until one side has won; return the score on the court."""
    court = await start_match(page, f"/play/computer?level={level}&points={points}")
    await expect(court).to_have_attribute("data-state", "playing")
    while await court.get_attribute("data-state") == "playing":
        for key in ("w", "s"):
            await page.keyboard.down(key)
            await page.wait_for_timeout(350)
            await page.keyboard.up(key)
    await expect(court).to_have_attribute("data-state", "ended", timeout=MATCH_MILLISECONDS)
    return await score(court)


async def rush_to_the_end(page: Page, address: str) -> Locator:
    """Play a short match at once by advancing the page's clock; the
    server's answers are made up."""
    await page.clock.install()
    await page.route("**/play/tickets", answer_with(MADE_UP_TICKET, status=201))
    await page.route("**/play/matches", answer_with({}))
    court = await start_match(page, address)
    await page.clock.run_for(COUNTDOWN_AND_SHORT_MATCH_MILLISECONDS)
    await expect(court).to_have_attribute("data-state", "ended")
    await expect(court).to_have_attribute("data-delivery", "stored")
    return court


def answer_with(body: object, status: int = 200) -> Callable[[Route], Awaitable[None]]:
    """Return a handler for `Page.route` that answers in place of the server."""

    async def answer(route: Route) -> None:
        await route.fulfill(status=status, body=json.dumps(body), content_type="application/json")

    return answer


async def score(court: Locator) -> tuple[int, int]:
    return (
        int(await court.get_attribute("data-left-score") or ""),
        int(await court.get_attribute("data-right-score") or ""),
    )


async def is_in(court: Locator, states: str) -> None:
    """Wait until a live match is in one of these states, such as `paused|countdown`."""
    await expect(court).to_have_attribute(
        "data-state", re.compile(f"^({states})$"), timeout=MATCH_MILLISECONDS
    )


async def agree(page: Page, subject: str) -> None:
    """Consent at the provider, as the person with this subject."""
    await page.locator("input[name=sub]").fill(subject)
    await page.get_by_role("button", name="Authorize").click()


def forget_provider(page_errors: list[str], provider: OpenIdProcess) -> None:
    """Remove the errors caused by the provider's page, which loads its styles from other hosts."""
    theirs = (provider.url, LOOKS_OF_PROVIDER, "net::ERR")
    page_errors[:] = [each for each in page_errors if not any(part in each for part in theirs)]
