import os
import shutil
from collections.abc import AsyncGenerator
from secrets import token_hex

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.fixtures.platform import Platform

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    # Without these it looks for its maker's servers at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Chromium's own sandbox refuses to run as root.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
WAIT_MILLISECONDS = 15_000


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing = "the system package chromium is missing (or set CHROMIUM to a browser)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncGenerator[Browser, None]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_ARGUMENTS
        )
        yield browser
        await browser.close()


@pytest.fixture
async def context(platform: Platform, browser: Browser) -> AsyncGenerator[BrowserContext, None]:
    """A visitor who has never been here; fails the test for anything that a page complains of."""
    context = await browser.new_context(base_url=platform.url, ignore_https_errors=True)
    context.set_default_timeout(WAIT_MILLISECONDS)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((platform.url, "data:", "blob:"))
            else complaints.append(f"asked a foreign host: {request.url}")
        ),
    )
    yield context
    await context.close()
    assert complaints == []


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
def username() -> str:
    """A name that nobody has yet."""
    return f"player-{token_hex(4)}"
