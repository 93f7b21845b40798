import os
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.authenticator import trust_in
from tests.browser.people import let_in, register_verified
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client, register

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    # Without these Chromium contacts its vendor's servers at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Chromium's own sandbox refuses to run as root.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
WAIT_MILLISECONDS = 60_000
"""Timeout of each step. It is long enough for a busy machine and costs an idle one nothing."""
expect.set_options(timeout=WAIT_MILLISECONDS)

NewContext = Callable[..., Awaitable[BrowserContext]]


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
def page_errors() -> list[str]:
    """Errors that pages have reported. A test that provokes an error removes it from this list."""
    return []


@pytest.fixture
async def new_context(
    browser: Browser, platform: Platform, page_errors: list[str]
) -> AsyncGenerator[NewContext, None]:
    """Return a function that opens browser contexts; an error on any of
    their pages fails the test."""
    opened: list[BrowserContext] = []

    async def open_context(**options: Any) -> BrowserContext:  # noqa: ANN401 - whatever Playwright takes
        context = await browser.new_context(
            base_url=platform.url, ignore_https_errors=True, **options
        )
        opened.append(context)
        context.set_default_timeout(WAIT_MILLISECONDS)
        watch(context, platform.url, page_errors)
        return context

    yield open_context
    for context in opened:
        await context.close()
    assert page_errors == []


LATE = "WebSocket handshake: Unexpected response code: 503"
"""A replica on a busy machine may be late with the lease of a match; the page
retries, so this is no fault."""


def watch(context: BrowserContext, site: str, page_errors: list[str]) -> None:
    context.on("weberror", lambda error: page_errors.append(str(error.error)))
    context.on(
        "console",
        lambda message: (
            page_errors.append(f"{message.text} {message.location['url']}")
            if message.type == "error" and LATE not in message.text
            else None
        ),
    )
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((site, "data:", "blob:"))
            else page_errors.append(f"asked a foreign host: {request.url}")
        ),
    )


@pytest.fixture
async def context(new_context: NewContext) -> BrowserContext:
    """The browser context of a first-time visitor."""
    return await new_context()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
def username() -> str:
    """An unused player name."""
    return f"player-{token_hex(4)}"


@pytest.fixture
async def newcomer(platform: Platform) -> AsyncGenerator[Account, None]:
    """A player with an account of their own, for tests that change or delete it."""
    async with gateway_client(platform) as client:
        yield await register(client)


@pytest.fixture(scope="session")
async def regular(platform: Platform) -> AsyncGenerator[Account, None]:
    """A player shared by tests that only look or play; they sign in once for all of these."""
    async with gateway_client(platform) as client:
        yield await register(client)


@pytest.fixture
async def pair(platform: Platform) -> AsyncGenerator[tuple[Account, Account], None]:
    """Two verified players, who may play each other."""
    async with gateway_client(platform) as client:
        yield (
            await register_verified(platform, client),
            await register_verified(platform, client),
        )


@pytest.fixture
async def stranger(platform: Platform) -> AsyncGenerator[Account, None]:
    """A third verified player."""
    async with gateway_client(platform) as client:
        yield await register_verified(platform, client)


@pytest.fixture
async def pages(
    new_context: NewContext, platform: Platform, pair: tuple[Account, Account]
) -> tuple[Page, Page]:
    """A signed-in page for each player of the pair."""
    contexts = [await new_context() for _ in pair]
    for context, account in zip(contexts, pair, strict=True):
        await let_in(context, account, platform)
    one, other = [await context.new_page() for context in contexts]
    return one, other


@pytest.fixture
async def player_context(
    platform: Platform, context: BrowserContext, regular: Account
) -> BrowserContext:
    """The browser context of `regular`, signed in."""
    await let_in(context, regular, platform)
    return context


@pytest.fixture
async def player_page(player_context: BrowserContext) -> Page:
    return await player_context.new_page()


@pytest.fixture
async def trusted_page(
    chromium: str, platform: Platform, tmp_path: Path, page_errors: list[str]
) -> AsyncGenerator[Page, None]:
    """A page of a browser that trusts the platform's certificate, which passkeys require."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=chromium,
            args=[*CHROMIUM_ARGUMENTS, trust_in(platform.url)],
            base_url=platform.url,
        )
        context.set_default_timeout(WAIT_MILLISECONDS)
        watch(context, platform.url, page_errors)
        yield context.pages[0]
        await context.close()
    assert page_errors == []
