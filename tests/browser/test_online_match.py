"""Two people in two browsers, from the queue to the record of their match."""

import asyncio

from playwright.async_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.steps import COURT, is_in, score
from tests.platform.players import Account

POINTS = 5


async def test_paired_strangers_finish_a_match_with_a_reconnection_and_a_spectator(
    pages: tuple[Page, Page], pair: tuple[Account, Account], new_context: NewContext
) -> None:
    # The spectator's browser starts beforehand, since the match does not wait for it.
    third = await (await new_context()).new_page()
    for page in pages:
        await page.goto("/lobby")
        await choose_points(page)
        await page.get_by_role("button", name="Find an opponent").click()
    await asyncio.gather(*(expect(page).to_have_url(COURT) for page in pages))
    await third.goto(pages[0].url.replace("/online/", "/watch/"))
    courts = [page.locator("[data-online]") for page in pages]
    stands = third.locator("[data-watch]")
    await asyncio.gather(*(is_in(court, "playing") for court in (*courts, stands)))
    await asyncio.gather(*(press(page, "w") for page in pages))

    # Waiting for the pause begins before the page is left, since a busy browser may be back after
    # the pause has ended. The player leaves for a page that no server sends: a reload stays on
    # court until its answer arrives, and by then the match may be over on a busy machine.
    court = pages[1].url
    paused = asyncio.create_task(is_in(courts[0], "paused|countdown"))
    await pages[1].goto("about:blank")
    await pages[1].goto(court)
    await paused
    await asyncio.gather(*(is_in(court, "playing") for court in (*courts, stands)))

    await asyncio.gather(*(is_in(court, "ended") for court in (*courts, stands)))
    scores = {await score(court) for court in (*courts, stands)}
    assert len(scores) == 1
    assert max(*scores.pop()) == POINTS
    for page in pages:
        await page.get_by_role("link", name="View match").click()
        await expect(page.get_by_role("heading", name="Verified")).to_be_visible()
        for account in pair:
            await expect(page.get_by_role("rowheader", name=account.username)).to_be_visible()


async def choose_points(page: Page) -> None:
    form = page.locator("form").filter(has=page.get_by_role("button", name="Find an opponent"))
    await form.locator(f"input[name=points][value='{POINTS}']").check(force=True)


async def press(page: Page, key: str) -> None:
    await page.keyboard.down(key)
    await page.wait_for_timeout(200)
    await page.keyboard.up(key)
