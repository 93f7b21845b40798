"""Leaving a play page releases all its resources in the document."""

from pathlib import Path
from typing import TypedDict

from playwright.async_api import BrowserContext, Page

from tests.browser.steps import MADE_UP_TICKET, answer_with, scripts_loaded

VISITS = 50
COUNT_WHAT_IS_HELD = Path(__file__).with_name("count-held.js")


class Held(TypedDict):
    """Browser resources that a document holds: kinds of listeners and
    observers, and counts of the others."""

    listeners: list[str]
    observers: list[str]
    timers: int
    frames: int
    audio: int
    sockets: int


# What the site itself keeps in every document (js/connect.js): notices and list lengths listen
# to htmx, one observer connects behaviours to elements that come and go, and a player's page
# keeps its stream of events.
HTMX_EVENTS = ["htmx:after:swap", "htmx:after:swap", "htmx:error", "htmx:response:error"]
STREAM_EVENTS = ["error", "friends", "games", "live:games", "open", "pagehide", "pageshow"]
KEPT_BY_THE_SITE: Held = {
    "listeners": sorted([*HTMX_EVENTS, *STREAM_EVENTS]),
    "observers": ["MutationObserver"],
    "timers": 0,
    "frames": 0,
    "audio": 0,
    "sockets": 0,
}


async def test_fifty_visits_in_one_document_hold_only_what_the_site_keeps(
    player_context: BrowserContext,
) -> None:
    await player_context.add_init_script(path=COUNT_WHAT_IS_HELD)
    page = await player_context.new_page()
    await page.route("**/play/tickets", answer_with(MADE_UP_TICKET, status=201))
    await page.goto("/play/computer")
    await scripts_loaded(page)
    during = await visit_again_and_again(page)
    assert during["frames"] == 1, "a match is under way at every visit"
    assert during["audio"] == 1
    assert len(during["listeners"]) > 2 * len(KEPT_BY_THE_SITE["listeners"])
    assert await page.evaluate("held()") == KEPT_BY_THE_SITE


async def visit_again_and_again(page: Page) -> Held:
    """Insert the section, start a match and remove it again, several times;
    return what the last visit held."""
    during: Held = await page.evaluate(
        """async (visits) => {
            const section = document.querySelector("[data-play]");
            const fresh = section.cloneNode(true);
            const place = section.parentElement;
            const turn = () => new Promise((done) => window.untracked.setTimeout(done));
            section.remove();
            await turn();
            let during;
            for (let visit = 0; visit < visits; visit += 1) {
                const next = fresh.cloneNode(true);
                place.append(next);
                await turn();
                next.querySelector("[data-role=start]").click();
                while (next.dataset.state !== "countdown") await turn();
                during = held();
                next.remove();
                await turn();
            }
            return during;
        }""",
        VISITS,
    )
    return during
