"""A tournament of four players in four browsers, from the form to the winner, with a
live bracket for a spectator."""

import asyncio
import re
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import NewContext
from tests.browser.people import let_in, register_verified
from tests.browser.steps import COURT, is_in
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client

PLAYERS = 4
TOURNAMENT = re.compile(r"/tournaments/[0-9a-f-]{36}$")


@pytest.fixture
async def people(platform: Platform) -> AsyncGenerator[list[Account], None]:
    async with gateway_client(platform) as client:
        yield await asyncio.gather(*(register_verified(platform, client) for _ in range(PLAYERS)))


async def test_four_players_finish_a_tournament_while_a_spectator_watches_the_bracket(
    people: list[Account], new_context: NewContext, platform: Platform
) -> None:
    pages = []
    for account in people:
        context = await new_context()
        await let_in(context, account, platform)
        pages.append(await context.new_page())
    organiser, *others = pages

    address = await organise(organiser, "Cup of the four winds")
    for page in others:
        await page.goto(address)
        await page.get_by_role("button", name="Enter").click()
        await expect(page.locator(".actions-words", has_text="You’re in.")).to_be_visible()
    await organiser.goto(address)
    await organiser.get_by_role("button", name="Enter").click()

    # Elsewhere on the site, where a call has to reach the players, too.
    for page in others:
        await page.goto("/leaderboard")
    spectator = await watch_bracket(await new_context(), address)
    await start(organiser, address)
    # The bracket shows the called matches, and the players see a link to theirs.
    await expect(spectator.locator(".bout[data-state=called]")).to_have_count(2)
    for page in others:
        await expect(page.get_by_role("status").get_by_role("link")).to_be_visible()

    stays = await spectator.evaluate("document.documentElement.dataset.stays = 'here'")
    await play_rounds(pages, address)
    assert stays == "here"
    await expect(spectator.locator(".bout[data-state=over]")).to_have_count(PLAYERS - 1)
    # The page was never reloaded.
    await expect(spectator.locator("html")).to_have_attribute("data-stays", "here")

    await spectator.goto(address)
    winner = await spectator.locator(".honour[data-place='1'] .honour-name").inner_text()
    assert winner in {each.username for each in people}
    await others[0].goto(f"/players/{winner}")
    await expect(others[0].get_by_role("link", name="Cup of the four winds")).to_be_visible()


@pytest.mark.thorough
async def test_a_player_without_an_open_page_sees_the_call_on_the_next_page(
    people: list[Account], new_context: NewContext, platform: Platform
) -> None:
    organiser, called, *_ = people
    root = "/api/tournament/tournaments"
    wish = {"name": "Cup of two", "format": "single_elimination", "size": 2, "points": 3}
    created = await organiser.client.post(root, json=wish, headers=organiser.headers)
    cup = f"{root}/{created.json()['id']}"
    for player, step in (
        (organiser, "opening"),
        (organiser, "entries"),
        (called, "entries"),
        (organiser, "start"),
    ):
        answer = await player.client.post(f"{cup}/{step}", json={}, headers=player.headers)
        assert answer.is_success, answer.text
    context = await new_context()
    await let_in(context, called, platform)
    page = await context.new_page()
    await page.goto("/leaderboard")
    await expect(page.get_by_role("status").get_by_text("Cup of two")).to_be_visible()


async def organise(page: Page, name: str) -> str:
    """Fill in the form, open the tournament for entries, and return its address."""
    await page.goto("/tournaments")
    await page.get_by_role("link", name="Organise a tournament").first.click()
    await page.get_by_label("Name", exact=True).fill(name)
    await page.locator("input[name=points][value='3']").check(force=True)
    await page.get_by_role("button", name="Create tournament").click()
    await expect(page).to_have_url(re.compile(r"/tournaments/[0-9a-f-]{36}"))
    address = re.sub(r"^https://[^/]+|/manage$", "", page.url)
    await page.goto(f"{address}/manage")
    await page.get_by_role("button", name="Open").click()
    return address


async def start(organiser: Page, address: str) -> None:
    await organiser.goto(f"{address}/manage")
    await organiser.get_by_role("button", name="Start").click()


async def watch_bracket(context: BrowserContext, address: str) -> Page:
    page = await context.new_page()
    await page.goto(f"{address}/bracket")
    return page


async def play_rounds(pages: list[Page], address: str) -> None:
    """Play the semi-finals at the same time, then the final."""
    for page in pages:
        await page.goto(address)
        await ready(page)
    finalists = await play(pages)
    assert len(finalists) == PLAYERS // 2
    for page in finalists:
        await page.goto(address)
        await ready(page)
    assert len(await play(finalists)) == 1


async def ready(page: Page) -> None:
    # The call appears a moment after the page has loaded and moves everything down, so the test
    # waits for it before clicking.
    call = page.get_by_role("status").get_by_role("link", name="I’m ready")
    await expect(call).to_be_visible()
    await page.locator("#first-action").click()
    await page.get_by_role("button", name="I’m ready").click()


async def play(pages: list[Page]) -> list[Page]:
    """Play until every match has ended by a miss; return the winners' pages."""
    await asyncio.gather(*(expect(page).to_have_url(COURT) for page in pages))
    courts = [page.locator("[data-online]") for page in pages]
    await asyncio.gather(*(is_in(court, "playing|ended") for court in courts))
    await asyncio.gather(*(is_in(court, "ended") for court in courts))
    won = [await has_won(court) for court in courts]
    return [page for page, is_winner in zip(pages, won, strict=True) if is_winner]


async def has_won(court: Locator) -> bool:
    return await court.get_by_role("heading", name="You win").is_visible()
