"""`make pictures`: takes the pictures of docs/pictures/ from a platform with demo players, in a real Chromium."""

import asyncio
import io
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Final, Literal
from urllib.parse import urlencode

import httpx
from PIL import Image
from playwright.async_api import Browser, Page, StorageState, async_playwright

from demo.cast import VISITOR
from launcher.settings import Ports, port_variable
from launcher.state_folder import LINK_NAME
from tests.bench.weight import find_chromium
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.fixtures.launched import ROOT, LaunchedPlatform, launched_platform
from tests.platform.players import client_at

FOLDER: Final = ROOT / "docs" / "pictures"
SETTLING_SECONDS: Final = 180
"""Until ratings have settled, and the first rounds of the tournaments are over."""
DRAWN_SECONDS: Final = 3
"""A court is drawn, a chart is loaded."""
ALERT_SECONDS: Final = 400
QUALITY: Final = 72
MOST_BYTES: Final = 150_000
MOST_BYTES_TOGETHER: Final = 1_500_000

Theme = Literal["dark", "light"]
THEMES: Final[tuple[Theme, ...]] = ("dark", "light")
VIEWPORTS: Final = {"desktop": (1280, 800), "phone": (390, 844)}
PROOF_PX: Final = 720
MATCHES: Final = "/api/tournament/matches"
TOURNAMENTS: Final = "/api/tournament/tournaments"
GRAPHS: Final = urlencode(
    {
        "g0.expr": "sum(tournament_live_matches)",
        "g0.tab": 0,
        "g0.range_input": "5m",
        "g1.expr": "sum by (service) (rate(http_requests_total[1m]))",
        "g1.tab": 0,
        "g1.range_input": "5m",
    }
)


async def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with launched_platform({"MONITORING": "1"}) as platform:
        async with demo_players(platform) as password, client_at(platform.url, 60) as client:
            await asyncio.sleep(SETTLING_SECONDS)
            platform.set_admin(VISITOR.name)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
                )
                state = await signed_in(browser, platform, password)
                for theme in THEMES:
                    await take_pages(browser, platform, client, state, theme)
                await take_alert(browser, platform)
    return report()


@asynccontextmanager
async def demo_players(platform: LaunchedPlatform) -> AsyncGenerator[str, None]:
    """Run the demo beside a platform; the value is the visitor's password."""
    ports = {
        port_variable(field.name): str(getattr(platform.ports, field.name))
        for field in fields(Ports)
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--secrets", platform.clone / LINK_NAME / "secrets"),
        env={**os.environ, **ports},
        stdout=PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    try:
        yield line.split(" with the password ")[1].split()[0]
    finally:
        process.terminate()
        await process.wait()


async def signed_in(browser: Browser, platform: LaunchedPlatform, password: str) -> StorageState:
    context = await browser.new_context(base_url=platform.url, ignore_https_errors=True)
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.locator("input[name=username]").fill(VISITOR.name)
    await page.locator("input[name=password]").fill(password)
    await page.locator("form.form button[type=submit]").first.click()
    await page.wait_for_url("**/lobby")
    state = await context.storage_state()
    await context.close()
    return state


async def take_pages(
    browser: Browser,
    platform: LaunchedPlatform,
    client: httpx.AsyncClient,
    state: StorageState,
    theme: Theme,
) -> None:
    """Take each page of the product in one theme, for a desktop and for a phone."""
    for device, (width, height) in VIEWPORTS.items():
        context = await browser.new_context(
            base_url=platform.url,
            ignore_https_errors=True,
            color_scheme=theme,
            viewport={"width": width, "height": height},
            storage_state=state,
        )
        page = await context.new_page()
        for name, path in (await pages_to_show(client)).items():
            await page.goto(path)
            if name == "replay":
                await show_replay(page, width, height)
            if name == "bracket":
                await scroll_to(page, ".column-links")
            await asyncio.sleep(DRAWN_SECONDS)
            save(await page.screenshot(), f"{name}-{device}-{theme}")
            await page.set_viewport_size({"width": width, "height": height})
        if device == "desktop":
            await show_graphs(page)
            save(await page.screenshot(), f"operators-{theme}")
        await context.close()


async def pages_to_show(client: httpx.AsyncClient) -> dict[str, str]:
    """Return the addresses to show by the names of their pictures; live matches are looked up anew each time."""
    live = (await client.get(MATCHES)).json()["items"]
    going_on = [each for each in live if max(scores(each)) < each["points"] - 1]
    longest = max(going_on or live, key=lambda each: sum(scores(each)))
    cup = await find_tournament(client, "Winter Cup 1")
    swiss = await find_tournament(client, "Friday Swiss 1")
    played = (await client.get(f"{TOURNAMENTS}/{swiss}/bracket")).json()["pairings"]
    best = max(
        (each for each in played if each.get("how") == "played"),
        key=lambda each: each.get("one_score", 0) + each.get("other_score", 0),
    )
    return {
        "court": f"/watch/{longest['id']}",
        "replay": f"/matches/{best['match_id']}",
        "bracket": f"/tournaments/{cup}/bracket",
        "lobby": "/lobby",
    }


def scores(match: dict[str, int]) -> tuple[int, int]:
    return match["left_score"], match["right_score"]


async def find_tournament(client: httpx.AsyncClient, name: str) -> str:
    for show in ("running", "finished"):
        items = (await client.get(TOURNAMENTS, params={"show": show})).json()["items"]
        for each in items:
            if each["name"] == name:
                return str(each["id"])
    raise LookupError(name)


async def show_replay(page: Page, width: int, height: int) -> None:
    """Play the middle of the match, on a page that is high enough to show the proof below the court."""
    await page.set_viewport_size({"width": width, "height": height + PROOF_PX})
    seek = page.locator(".replay-seek")
    await seek.wait_for(state="visible")
    await page.locator(".replay-toggle:enabled").wait_for()
    await seek.fill(str(int(str(await seek.get_attribute("max"))) // 2))
    await page.locator(".replay-toggle").click()
    await page.evaluate("scrollTo(0, 0)")


async def scroll_to(page: Page, selector: str) -> None:
    await page.locator(selector).first.evaluate("element => element.scrollIntoView()")


async def show_graphs(page: Page) -> None:
    """Show live matches and requests as Prometheus draws them."""
    await page.goto("/prometheus/")
    # The query's page has another address in each generation of Prometheus; `/` leads to it.
    await page.goto(f"{page.url}?{GRAPHS}")
    await asyncio.sleep(DRAWN_SECONDS)
    await page.evaluate("scrollTo(0, 0)")


async def take_alert(browser: Browser, platform: LaunchedPlatform) -> None:
    """Keep a service from answering until Alertmanager has sent a mail about it, and take that mail."""
    mail = f"http://127.0.0.1:{platform.ports.mail_sink}"
    async with httpx.AsyncClient(base_url=mail) as sink, asyncio.timeout(ALERT_SECONDS):
        with platform.frozen("history"):
            while True:
                messages = (await sink.get("/messages.json")).json()
                alerts = [each for each in messages if "down" in each["subject"].lower()]
                if alerts:
                    break
                await asyncio.sleep(2)
    for theme in THEMES:
        context = await browser.new_context(
            color_scheme=theme, viewport={"width": 800, "height": 480}
        )
        page = await context.new_page()
        await page.goto(f"{mail}/messages/{alerts[0]['id']}/html")
        save(await page.screenshot(), f"alert-{theme}")
        await context.close()


def save(png: bytes, name: str) -> None:
    image = Image.open(io.BytesIO(png))
    image.save(FOLDER / f"{name}.webp", "WEBP", quality=QUALITY, method=6)


def report() -> int:
    """Print the sizes; fail where a picture or all of them are too large for a README."""
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.webp"))}
    sys.stdout.write(json.dumps(sizes, indent=2) + "\n")
    too_large = [name for name, size in sizes.items() if size > MOST_BYTES]
    return 1 if too_large or sum(sizes.values()) > MOST_BYTES_TOGETHER else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
