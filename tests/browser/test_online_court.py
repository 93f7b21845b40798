"""The court of a live match: one window plays at a time, and leaving it
releases all its resources."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import meet
from tests.browser.steps import is_in
from tests.browser.test_leaving import COUNT_WHAT_IS_HELD, KEPT_BY_THE_SITE, Held
from tests.platform.players import Account

pytestmark = pytest.mark.thorough

VISITS = 20


async def test_a_second_window_takes_over_and_the_first_takes_it_back(
    pages: tuple[Page, Page], pair: tuple[Account, Account]
) -> None:
    first, other = pages
    court = await meet(*pair)
    for page in pages:
        await page.goto(court)
    second = await first.context.new_page()
    await second.goto(court)
    mine, twin, theirs = [page.locator("[data-online]") for page in (first, second, other)]
    await is_in(mine, "problem")
    await expect(first.get_by_role("heading", name="Open in another window")).to_be_visible()
    await is_in(twin, "playing")
    await is_in(theirs, "playing")

    await expect(first.get_by_role("button", name="Play here")).to_be_focused()
    await first.keyboard.press("Enter")
    await is_in(twin, "problem")
    await is_in(mine, "playing")
    await is_in(theirs, "playing")


async def test_a_match_that_is_called_off_before_the_serve_has_no_record(
    pages: tuple[Page, Page], pair: tuple[Account, Account]
) -> None:
    page, _ = pages
    await page.goto(await meet(*pair))
    await is_in(page.locator("[data-online]"), "waiting")
    await page.get_by_role("button", name="Resign").click()
    await page.get_by_role("dialog").get_by_role("button", name="Resign").click()
    await expect(page.get_by_role("heading", name="No result")).to_be_visible()
    await expect(page.get_by_role("link", name="Lobby").last).to_be_focused()
    await expect(page.get_by_role("link", name="View match")).to_be_hidden()


async def test_visits_in_one_document_hold_only_what_the_site_keeps(
    pages: tuple[Page, Page], pair: tuple[Account, Account]
) -> None:
    page, _ = pages
    await page.context.add_init_script(path=COUNT_WHAT_IS_HELD)
    await page.goto(await meet(*pair))
    during: Held = await page.evaluate(VISIT_AGAIN_AND_AGAIN, VISITS)
    assert during["frames"] == 1
    assert during["sockets"] == 1
    assert during["timers"] > 0
    assert len(during["listeners"]) > 2 * len(KEPT_BY_THE_SITE["listeners"])
    assert await page.evaluate("held()") == KEPT_BY_THE_SITE


# Inserts the section, waits until the match is connected, and removes the section again.
VISIT_AGAIN_AND_AGAIN = """async (visits) => {
    const section = document.querySelector("[data-online]");
    const fresh = section.cloneNode(true);
    fresh.dataset.state = "connecting";
    const place = section.parentElement;
    const turn = () => new Promise((done) => window.untracked.setTimeout(done));
    section.remove();
    await turn();
    let during;
    for (let visit = 0; visit < visits; visit += 1) {
        const next = fresh.cloneNode(true);
        place.append(next);
        while (next.dataset.state !== "waiting") await turn();
        during = held();
        next.remove();
        await turn();
    }
    return during;
}"""
