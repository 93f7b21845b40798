"""The cost of a first visit: bytes over the wire and requests, counted by a real browser."""

import asyncio
import os
import shutil
from secrets import token_hex

from playwright.async_api import Browser, Page, StorageState, async_playwright

from tests.bench.load import ToolMissing
from tests.bench.report import figure, heading
from tests.browser.conftest import BROWSERS, CHROMIUM_ARGUMENTS
from tests.browser.steps import register
from tests.fixtures.platform import Platform

QUIET_SECONDS = 1.5


def find_chromium() -> str:
    """Return the path of a browser to measure pages with.

    Raises:
        ToolMissing: no browser is installed.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise ToolMissing("chromium")
    return found


async def measure(platform: Platform) -> None:
    heading("Weight of a first visit (compressed, headers included)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
        )
        size, requests = await weigh(await fresh_page(browser, platform), "/")
        figure("landing page", f"{size / 1000:.1f} kB, {requests} requests", "goal < 80 kB, ≤ 12")
        state = await signed_in(browser, platform)
        context = await browser.new_context(
            base_url=platform.url, ignore_https_errors=True, storage_state=state
        )
        size, requests = await weigh(await context.new_page(), "/play/computer")
        figure("game page", f"{size / 1000:.1f} kB, {requests} requests", "goal < 110 kB")
        await browser.close()


async def fresh_page(browser: Browser, platform: Platform) -> Page:
    context = await browser.new_context(base_url=platform.url, ignore_https_errors=True)
    return await context.new_page()


async def signed_in(browser: Browser, platform: Platform) -> StorageState:
    """Return the cookies of a new signed-in player, for a browser with an empty cache."""
    page = await fresh_page(browser, platform)
    await register(page, f"bench-{token_hex(4)}")
    return await page.context.storage_state()


async def weigh(page: Page, path: str) -> tuple[int, int]:
    """Return the bytes received and the requests made until the page has been quiet for a while."""
    network = await page.context.new_cdp_session(page)
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await network.send("Network.enable")
    await page.goto(path, wait_until="networkidle")
    await asyncio.sleep(QUIET_SECONDS)
    return sum(sizes), len([size for size in sizes if size])
