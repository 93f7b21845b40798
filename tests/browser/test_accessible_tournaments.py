"""Accessibility of tournaments for organisers, players and spectators."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import check
from tests.browser.organising import ask, begun, draft, opened
from tests.browser.people import let_in
from tests.browser.people import register_verified as verified
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client

pytestmark = pytest.mark.thorough

Cast = tuple[Account, Account, Account]
"""The player whose page is checked, and two others."""
Scene = Callable[[Page, Cast], Awaitable[object]]
"""Brings a page of the first player into the state to be checked."""

HOTSEAT: dict[str, object] = {
    "kind": "hotseat",
    "name": "Same keyboard",
    "size": 3,
    "aliases": ["Ann", "Ben", "Cem"],
}


async def listed(page: Page, cast: Cast) -> None:
    await opened(*cast)
    await page.goto("/tournaments?show=mine")
    await expect(page.locator(".tournament-row").first).to_be_visible()


async def organised_with_errors(page: Page, _: Cast) -> None:
    await page.goto("/tournaments/new")
    await page.locator("form.form").evaluate("form => { form.noValidate = true }")
    await page.get_by_label("Name", exact=True).fill("")
    await page.get_by_text("More: times").click()
    await page.get_by_label("Check-in, minutes").fill("10")
    await page.get_by_role("button", name="Create tournament").click()
    await expect(page.get_by_text("Enter a name.")).to_be_visible()


async def told_to_check_in(page: Page, cast: Cast) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    path = await opened(*cast, cast[0], starts_at=soon, check_in_minutes=60)
    await page.goto(f"/tournaments{path}")
    await expect(page.get_by_role("button", name="Check in")).to_be_visible()


async def seeding(page: Page, cast: Cast) -> None:
    path = await opened(*cast)
    await page.goto(f"/tournaments{path}/players")
    await expect(page.locator(".move-button").first).to_be_visible()


async def at_the_manage_page(page: Page, cast: Cast) -> None:
    path = await opened(cast[0], visibility="link")
    await page.goto(f"/tournaments{path}/manage")
    await page.get_by_text("Cancel the tournament").click()


async def removing(page: Page, cast: Cast) -> None:
    path = await opened(*cast)
    await page.goto(f"/tournaments{path}/players")
    await page.get_by_role("link", name=re.compile("^Remove")).first.click()
    await expect(page.get_by_label("Reason")).to_be_visible()


async def on_record(page: Page, cast: Cast) -> None:
    path = await opened(*cast)
    await ask(cast[0], "POST", f"{path}/cancellation", {"reason": "It rains."})
    await page.goto(f"/tournaments{path}/log")
    await expect(page.get_by_text("It rains.")).to_be_visible()


async def in_a_bracket(page: Page, cast: Cast) -> None:
    path = await begun(*cast, cast[0], third_place=True)
    await page.goto(f"/tournaments{path}/bracket?find={cast[0].username}")
    await expect(page.locator(".way")).to_be_visible()


async def in_a_table(page: Page, cast: Cast) -> None:
    path = await begun(*cast, cast[0], format="round_robin", rounds=1)
    await page.goto(f"/tournaments{path}/bracket")
    await expect(page.locator("#cross-table")).to_be_visible()


async def called(page: Page, cast: Cast) -> None:
    path = await begun(*cast[:2], cast[0])
    await page.goto(f"/tournaments{path}")
    # The address is opened instead of clicking: the page refreshes itself as players are called,
    # and a click at that moment is lost.
    link = page.get_by_role("link", name="I’m ready").first
    await page.goto(str(await link.get_attribute("href")))
    await expect(page.get_by_role("button", name="I’m ready")).to_be_visible()


async def correcting(page: Page, cast: Cast) -> None:
    path = await begun(*cast)
    await ask(cast[1], "DELETE", f"{path}/entries/own")
    await page.goto(f"/tournaments{path}/pairings/1/correction")
    await expect(page.get_by_role("button", name="Correct result")).to_be_visible()


async def announced_at_the_keyboard(page: Page, cast: Cast) -> None:
    path = await draft(cast[0], **HOTSEAT)
    await ask(cast[0], "POST", f"{path}/start")
    await page.goto(f"/tournaments{path}/hotseat")
    await expect(page.get_by_role("heading", name="Next: Ben against Cem")).to_be_visible()


async def paused_at_the_keyboard(page: Page, cast: Cast) -> None:
    await announced_at_the_keyboard(page, cast)
    await page.get_by_role("button", name="Start match").press("Enter")
    court = page.locator("[data-play]")
    await expect(court).to_have_attribute("data-state", "countdown")
    await page.keyboard.press("Escape")
    await expect(court).to_have_attribute("data-state", "paused")


@pytest.mark.parametrize(
    "scene",
    [
        listed,
        organised_with_errors,
        told_to_check_in,
        seeding,
        at_the_manage_page,
        removing,
        on_record,
        in_a_bracket,
        in_a_table,
        called,
        correcting,
        announced_at_the_keyboard,
        paused_at_the_keyboard,
    ],
)
async def test_pages_of_organisers_and_players_are_accessible(
    page: Page, platform: Platform, cast: Cast, scene: Scene, page_errors: list[str]
) -> None:
    await let_in(page.context, cast[0], platform)
    await scene(page, cast)
    # Chromium logs the answer 400 as an error; one of these pages has it on purpose.
    page_errors.clear()
    await check(page)


async def test_pages_of_a_spectator_are_accessible(page: Page, cast: Cast) -> None:
    path = await begun(*cast)
    for place in ("", "/bracket", "/players", "/log", "/pairings/1"):
        await page.goto(f"/tournaments{path}{place}")
        await check(page)


@pytest.fixture
async def cast(players: Cast) -> AsyncGenerator[Cast, None]:
    """Three players without a pending call at the beginning."""
    yield players
    mine = await ask(players[0], "GET", "?show=mine&limit=20")
    for each in mine["items"]:
        if each["state"] not in {"finished", "cancelled"}:
            await ask(players[0], "POST", f"/{each['id']}/cancellation", {"reason": "Seen."})


@pytest.fixture(scope="session")
async def players(platform: Platform) -> AsyncGenerator[Cast, None]:
    async with gateway_client(platform) as client:
        yield (
            await verified(platform, client),
            await verified(platform, client),
            await verified(platform, client),
        )
