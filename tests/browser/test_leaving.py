"""Whoever leaves the play page leaves nothing behind, whichever way they go."""

from pathlib import Path
from typing import TypedDict

from playwright.async_api import BrowserContext, CDPSession, Page

from tests.browser.steps import MADE_UP_TICKET, answer_with, start_match

VISITS = 50
WARM_UP_VISITS = 5
COUNT_WHAT_IS_HELD = Path(__file__).with_name("count-held.js")


class Held(TypedDict):
    """What a document holds of the browser: kinds of listeners and observers, and how many of the rest."""

    listeners: list[str]
    observers: list[str]
    timers: int
    frames: int
    audio: int
    sockets: int


# What the site itself keeps in every document (js/app.js): notices and list lengths listen to htmx, one observer
# connects behaviours to what comes and goes, and a player's page keeps its stream of events.
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


async def test_fifty_visits_in_one_document_leave_only_what_the_site_keeps(
    player_context: BrowserContext,
) -> None:
    await player_context.add_init_script(path=COUNT_WHAT_IS_HELD)
    page = await player_context.new_page()
    await page.route("**/play/tickets", answer_with(MADE_UP_TICKET, status=201))
    await page.goto("/play/computer")
    during = await visit_again_and_again(page)
    assert during["frames"] == 1, "a match is under way at every visit"
    assert during["audio"] == 1
    assert len(during["listeners"]) > 2 * len(KEPT_BY_THE_SITE["listeners"])
    assert await page.evaluate("held()") == KEPT_BY_THE_SITE


async def visit_again_and_again(page: Page) -> Held:
    """Put the section into the page, start a match and take it out again; return what the last visit held."""
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


async def test_fifty_visits_by_navigation_grow_nothing(player_page: Page) -> None:
    await player_page.route("**/play/tickets", answer_with(MADE_UP_TICKET, status=201))
    session = await player_page.context.new_cdp_session(player_page)
    await session.send("Performance.enable")
    await go_and_come_back(player_page, WARM_UP_VISITS)
    before = await counts(session)
    await go_and_come_back(player_page, VISITS)
    after = await counts(session)
    for kind in ("listeners", "nodes"):
        assert after[kind] - before[kind] < VISITS, f"{kind} grow by less than one a visit"


async def go_and_come_back(page: Page, times: int) -> None:
    """From the lobby to a match that is being counted in, and away from it by a link as a player does."""
    for _ in range(times):
        await start_match(page, "/play/computer")
        # Loaded, or the next visit would cut off a script of this page, and that is a complaint.
        await page.goto("/lobby")


async def counts(session: CDPSession) -> dict[str, float]:
    await session.send("HeapProfiler.collectGarbage")
    answer = await session.send("Performance.getMetrics")
    metrics = {metric["name"]: metric["value"] for metric in answer["metrics"]}
    return {"listeners": metrics["JSEventListeners"], "nodes": metrics["Nodes"]}
