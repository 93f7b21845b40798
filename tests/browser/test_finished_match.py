"""A match of two players at one keyboard that ends while the server is
unreachable; the guest's name is HTML."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Dialog, Locator, Page, expect

from tests.browser.conftest import WAIT_MILLISECONDS
from tests.browser.people import let_in
from tests.browser.steps import score
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client, register

HTML_NAME = "<img src=x onerror=alert(1)>"
# Without any input a match to three takes 625 ticks, whatever its seed.
MATCH_MILLISECONDS = 30_000


@dataclass(frozen=True)
class Finished:
    """The browser that played the match, and the delivery states that its
    last screen showed over time."""

    player: Account
    context: BrowserContext
    score: tuple[int, int]
    deliveries: list[str | None]
    dialogs: list[str]

    async def matches(self) -> list[dict[str, Any]]:
        answer = await self.player.client.get("/api/history/matches", headers=self.player.headers)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture(scope="module")
async def finished(platform: Platform, browser: Browser) -> AsyncGenerator[Finished, None]:
    async with gateway_client(platform) as client:
        player = await register(client)
        context = await browser.new_context(base_url=platform.url, ignore_https_errors=True)
        context.set_default_timeout(WAIT_MILLISECONDS)
        await let_in(context, player, platform)
        yield await played_out_of_reach(context, player)
        await context.close()


async def played_out_of_reach(context: BrowserContext, player: Account) -> Finished:
    page, dialogs = await page_with_dialogs(context)
    await page.route("**/play/matches", lambda route: route.abort())
    await page.goto("/play/local?points=3")
    await page.get_by_label("Name of the player on the right").fill(HTML_NAME)
    await page.get_by_role("button", name="Start").click()
    court = page.locator("[data-play]")
    await expect(court).to_have_attribute("data-state", "ended", timeout=MATCH_MILLISECONDS)
    await expect(page.locator("[data-role=right-name]")).to_have_text(HTML_NAME)
    deliveries = [await delivery(court)]
    result = await score(court)
    await page.reload()
    deliveries.append(await delivery(court))
    await page.unroute("**/play/matches")
    await page.reload()
    deliveries.append(await delivery(court))
    await page.reload()
    deliveries.append(await court.get_attribute("data-delivery"))
    await page.close()
    return Finished(player, context, result, deliveries, dialogs)


async def delivery(court: Locator) -> str | None:
    """Return the state of the last attempt to send the match."""
    await expect(court).not_to_have_attribute("data-delivery", re.compile("none|sending"))
    return await court.get_attribute("data-delivery")


async def page_with_dialogs(context: BrowserContext) -> tuple[Page, list[str]]:
    dialogs: list[str] = []

    async def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        await dialog.dismiss()

    page = await context.new_page()
    page.on("dialog", note)
    return page, dialogs


async def test_a_reload_stores_an_unsent_match_once(finished: Finished) -> None:
    assert finished.deliveries == ["offline", "offline", "stored", "none"]
    (match,) = await finished.matches()
    assert (match["left"]["score"], match["right"]["score"]) == finished.score


@pytest.mark.thorough
@pytest.mark.parametrize("place", ["lobby", "history", "match"])
async def test_a_name_that_is_html_stays_text(finished: Finished, place: str) -> None:
    (match,) = await finished.matches()
    page, dialogs = await page_with_dialogs(finished.context)
    await page.goto(
        {"lobby": "/lobby", "history": "/matches"}.get(place, f"/matches/{match['id']}")
    )
    await expect(page.get_by_text(HTML_NAME).first).to_be_visible()
    if place == "match":
        await expect(page).to_have_title(re.compile(re.escape(HTML_NAME)))
        await expect(page.locator("[data-replay]")).to_have_attribute("data-state", "paused")
    assert await page.locator("img, [onerror]").count() == 0
    assert [*dialogs, *finished.dialogs] == []


@pytest.mark.thorough
async def test_the_replay_reaches_the_score_that_was_played(finished: Finished) -> None:
    (match,) = await finished.matches()
    page, _ = await page_with_dialogs(finished.context)
    await page.goto(f"/matches/{match['id']}")
    replay = page.locator("[data-replay]")
    await expect(replay).to_have_attribute("data-state", "paused")
    # End is the slider's own key for the last tick.
    await replay.get_by_role("slider").press("End")
    await expect(replay.locator("[data-role=score]")).to_have_text(
        "{} – {}".format(*finished.score)
    )
