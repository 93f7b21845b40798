"""A day on the platform of which every line is kept: all that is logged happens once, with refusals and an outage."""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
from playwright.async_api import Browser

from tests.browser.people import let_in, register_verified
from tests.browser.steps import MATCH_MILLISECONDS, play_to_the_end, register
from tests.fixtures.launched import LaunchedPlatform
from tests.logging.life import Life
from tests.logging.lines import Written
from tests.logging.secrets import Secrets
from tests.monitoring import traffic
from tests.platform.players import PASSWORD, Account, client_at

GENEROUS_SECONDS = 20
GARBAGE = (
    b"\x16\x03\x01\x00\x05hello",
    b'GET /\xff\xfe HTTP/1.1\r\nHost: "\r\n\r\n',
    b"no request\r\n\r\n",
)


@dataclass(frozen=True)
class Day:
    """What was written, and what of it is known beforehand."""

    platform: LaunchedPlatform
    written: Written
    secrets: Secrets = field(default_factory=Secrets)

    async def pass_by(self, browser: Browser) -> None:
        self.secrets.keep(PASSWORD)
        self.secrets.keep_files(self.platform.clone / ".state" / "secrets")
        await traffic.happen(self.platform)
        async with AsyncExitStack() as clients:
            client, other = [
                await clients.enter_async_context(client_at(self.platform.url, GENEROUS_SECONDS))
                for _ in range(2)
            ]
            friend = await register_verified(self.platform, other)
            await Life(self.platform, client, self.secrets).run(friend)
            await self._browse(browser, friend)
            await self._meet_an_outage(friend)
        await asyncio.to_thread(self._send_garbage)
        self.written.keep_parts(self.platform.clone / ".state" / "logs")

    async def _browse(self, browser: Browser, friend: Account) -> None:
        context = await browser.new_context(
            base_url=self.platform.url,
            ignore_https_errors=True,
            viewport={"width": 900, "height": 700},
        )
        context.set_default_timeout(MATCH_MILLISECONDS)
        page = await context.new_page()
        await page.goto("/")
        await register(page, f"{friend.username[:12]}-2")
        await play_to_the_end(page, level="easy", points=3)
        await page.goto("/leaderboard")
        await page.goto("/no-such-page")
        self.secrets.keep(
            *(cookie["value"] for cookie in await context.cookies() if "__Host-" in cookie["name"])
        )
        await context.clear_cookies()
        await let_in(context, friend, self.platform)
        await page.goto("/settings/security")
        await context.close()

    async def _meet_an_outage(self, account: Account) -> None:
        """The page waits for history as long as ui has patience, and says that it is away."""
        with self.platform.frozen("history"):
            page = await account.client.get("/leaderboard")
        assert page.status_code == httpx.codes.SERVICE_UNAVAILABLE

    def _send_garbage(self) -> None:
        trust = ssl.create_default_context()
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
        for garbage in GARBAGE:
            address = ("127.0.0.1", self.platform.ports.gateway)
            with (
                socket.create_connection(address, GENEROUS_SECONDS) as plain,
                trust.wrap_socket(plain, server_hostname="localhost") as wrapped,
            ):
                wrapped.sendall(garbage)
                wrapped.recv(1024)
