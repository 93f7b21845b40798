"""A light, steady load that records every request and each unexpected answer."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import httpx

from tests.platform.players import Account, client_at, register

WORKERS = 4
# All workers together stay below the gateway's limit per address and
# leave a small machine capacity.
PAUSE_SECONDS = 0.06
# Longer than the gateway's own retries, so that a request it gives up counts
# with the gateway's answer.
ANSWER_SECONDS = 15
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Ask:
    """One request, and the status that it is expected to be answered with."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    status: int = httpx.codes.OK

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Failure:
    """A request that was answered with an unexpected status, or not at all."""

    at: datetime
    seconds: float
    request: str
    what: str


@dataclass
class Load:
    """The results of a load so far."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def count(self) -> int:
        return self.answers.total()

    async def goes_on(self, requests: int) -> None:
        """Wait for this many more answers; raises TimeoutError."""
        wanted = self.count + requests
        await until(lambda: self.count >= wanted)


@asynccontextmanager
async def load(url: str, asks: Sequence[Ask]) -> AsyncGenerator[Load, None]:
    """Repeat these requests on a few persistent connections for as long as the context lasts."""
    found = Load()
    done = asyncio.Event()
    async with client_at(url, ANSWER_SECONDS) as client, asyncio.TaskGroup() as workers:
        for each in range(WORKERS):
            # Each worker starts at another request, so that different requests run in parallel.
            first = each * len(asks) // WORKERS
            workers.create_task(_work(client, [*asks[first:], *asks[:first]], found, done))
        try:
            yield found
        finally:
            done.set()


def reads_of(player: Account, file: str) -> list[Ask]:
    """Return what a signed-in player reads: pages, a file, and addresses of the services' APIs."""
    browser = {"Cookie": f"__Host-access={player.access_token}"}
    return [
        Ask("/leaderboard"),
        Ask("/api/user/.well-known/jwks.json"),
        Ask("/api/history/matches", headers=player.headers),
        Ask("/matches", headers=browser),
        Ask("/api/tournament/schema"),
        Ask("/api/user/me", headers=player.headers),
        Ask(file),
    ]


def writes_of(player: Account) -> list[Ask]:
    """Return requests that start matches, through the API and a page; the
    gateway never retries these."""
    browser = {"Cookie": f"__Host-access={player.access_token}"}
    match = {"mode": "ai", "level": "normal", "points": 3}
    return [
        Ask("/api/history/tickets", "POST", player.headers, match, httpx.codes.CREATED),
        Ask("/play/tickets", "POST", browser, match, httpx.codes.CREATED),
    ]


async def newcomer(client: httpx.AsyncClient) -> tuple[Account, str]:
    """Return a new player, and the address of a file that the pages need."""
    page = (await client.get("/")).text
    file = re.search(r'"(/static/[^"]+\.css)"', page)
    assert file is not None, page
    return await register(client), file[1]


async def until(holds: Callable[[], bool], limit_seconds: float = 30) -> float:
    """Wait for a condition and return the seconds that it took; raises TimeoutError."""
    began = monotonic()
    async with asyncio.timeout(limit_seconds):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(POLL_SECONDS)
    return monotonic() - began


async def _work(
    client: httpx.AsyncClient, asks: Sequence[Ask], found: Load, done: asyncio.Event
) -> None:
    while not done.is_set():
        for ask in asks:
            await _ask(client, ask, found)
            await asyncio.sleep(PAUSE_SECONDS)


async def _ask(client: httpx.AsyncClient, ask: Ask, found: Load) -> None:
    at, began = datetime.now(UTC), monotonic()
    try:
        answer = await client.request(ask.method, ask.path, json=ask.json, headers=ask.headers)
    except httpx.HTTPError as error:
        status, what = 0, repr(error)
    else:
        status, what = answer.status_code, f"{answer.status_code} {answer.text[:200]}"
    seconds = monotonic() - began
    found.answers[str(ask), status] += 1
    found.slowest = max(found.slowest, (seconds, str(ask)))
    if status != ask.status:
        found.failures.append(Failure(at, round(seconds, 3), str(ask), what))
