"""A visitor as the logs show one: pages with their files and streams,
forms, and requests of scripts."""

import asyncio
import re

import httpx

from pong.court import MAX_TICKS, TICKS_PER_SECOND
from pong.log import advance_to_event, start_match
from tests.fixtures.platform import Platform
from tests.logging.people import GENEROUS_SECONDS
from tests.logging.secrets import Secrets
from tests.platform.players import PASSWORD, Account, client_at

AS_A_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0",
    "Accept": "text/html",
    "Sec-Fetch-Site": "same-origin",
}
FILE = re.compile(r'(?:src|href)="(/static/[^"]+)"')
STILL = 0
LEVEL, POINTS = "easy", 3
# History refuses matches that were played faster than real time.
SPARE_SECONDS = 1


class Visitor:
    """A visitor without a real browser, whose requests are the same in the log."""

    def __init__(self, platform: Platform, secrets: Secrets) -> None:
        self._platform = platform
        self._secrets = secrets
        self._client = client_at(platform.url, GENEROUS_SECONDS)
        self._client.headers.update(AS_A_BROWSER)
        self._files: set[str] = set()

    async def run(self, friend: Account) -> str:
        """Return the name of a new player who does not verify their address."""
        async with self._client:
            await self._open("/")
            newcomer = f"{friend.username[:12]}-2"
            await self._register(newcomer)
            await self._play()
            await self._open("/leaderboard")
            await self._open(f"/players/{friend.username}")
            assert (await self._client.get("/no-such-page")).status_code == httpx.codes.NOT_FOUND
            self._secrets.keep(*self._client.cookies.values())
            self._client.cookies.clear()
            self._client.cookies.update(
                {"__Host-access": friend.access_token, "__Host-refresh": friend.refresh_token}
            )
            await self._open("/settings/security")
        return newcomer

    async def _open(self, path: str) -> None:
        await self._look_at(await self._client.get(path))

    async def _look_at(self, page: httpx.Response) -> None:
        assert page.is_success, page.text
        files = set(FILE.findall(page.text)) - self._files
        self._files |= files
        for file in files:
            assert (await self._client.get(file)).is_success, file

    async def _register(self, username: str) -> None:
        await self._open("/register")
        form = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
        page = await self._client.post("/register", data=form, follow_redirects=True)
        assert username in page.text
        await self._look_at(page)
        async with self._client.stream("GET", "/live") as news:
            assert news.is_success

    async def _play(self) -> None:
        """Lose a match without pressing a key, in real time."""
        await self._open(f"/play/computer?level={LEVEL}&points={POINTS}")
        wanted = {"mode": "ai", "level": LEVEL, "points": POINTS}
        given = await self._client.post("/play/tickets", json=wanted)
        assert given.is_success, given.text
        state, computer = start_match("ai", LEVEL, given.json()["seed"], POINTS)
        while not state.winner:
            advance_to_event(state, computer, (STILL, STILL), MAX_TICKS)
        await asyncio.sleep(state.tick / TICKS_PER_SECOND + SPARE_SECONDS)
        inputs = {"ticks": state.tick, "changes": []}
        match = await self._client.post(
            "/play/matches", json={"ticket": given.json()["ticket"], "inputs": inputs}
        )
        assert match.is_success, match.text
