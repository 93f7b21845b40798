"""A little load that notices everything: who asks, how often, and each answer that was not the wanted one."""

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
# All together stay below what the gateway grants one address, and leave a small machine something to do.
PAUSE_SECONDS = 0.06
# Longer than the gateway goes on trying: what it gives up is counted as its answer.
ANSWER_SECONDS = 15
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Ask:
    """One request, and the status it is answered with where nothing is wrong."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    status: int = httpx.codes.OK

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Failure:
    """An answer that was not the wanted one, or none."""

    at: datetime
    seconds: float
    request: str
    what: str


@dataclass
class Load:
    """What came of it so far."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def count(self) -> int:
        return self.answers.total()

    async def goes_on(self, requests: int) -> None:
        """Wait until so many more requests were answered; raises TimeoutError."""
        wanted = self.count + requests
        await until(lambda: self.count >= wanted)


@asynccontextmanager
async def load(url: str, asks: Sequence[Ask]) -> AsyncGenerator[Load, None]:
    """Ask these over and over, on a few connections that are kept, for as long as the context lasts."""
    found = Load()
    done = asyncio.Event()
    async with client_at(url, ANSWER_SECONDS) as client, asyncio.TaskGroup() as workers:
        for each in range(WORKERS):
            # Each begins elsewhere, so that different requests are under way at once.
            first = each * len(asks) // WORKERS
            workers.create_task(_work(client, [*asks[first:], *asks[:first]], found, done))
        try:
            yield found
        finally:
            done.set()


def reads_of(player: Account, file: str) -> list[Ask]:
    """Return what somebody looks at who is signed in: pages, a file, and the services' own addresses."""
    browser = {"Cookie": f"__Host-access={player.access_token}"}
    return [
        Ask("/"),
        Ask("/api/user/.well-known/jwks.json"),
        Ask("/api/history/matches", headers=player.headers),
        Ask("/matches", headers=browser),
        Ask("/api/tournament/schema"),
        Ask("/api/user/me", headers=player.headers),
        Ask(file),
    ]


def writes_of(player: Account) -> list[Ask]:
    """Return how somebody begins matches, from a program and from a page; nobody repeats these by himself."""
    browser = {"Cookie": f"__Host-access={player.access_token}"}
    match = {"mode": "ai", "level": "normal", "points": 3}
    return [
        Ask("/api/history/tickets", "POST", player.headers, match, httpx.codes.CREATED),
        Ask("/play/tickets", "POST", browser, match, httpx.codes.CREATED),
    ]


async def newcomer(client: httpx.AsyncClient) -> tuple[Account, str]:
    """Return somebody who just registered, and the address of a file that the pages need."""
    page = (await client.get("/")).text
    file = re.search(r'"(/static/[^"]+\.css)"', page)
    assert file is not None, page
    return await register(client), file[1]


async def until(holds: Callable[[], bool], limit_seconds: float = 30) -> float:
    """Wait for a condition and return how many seconds that took; raises TimeoutError."""
    began = monotonic()
    async with asyncio.timeout(limit_seconds):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - nobody tells when it does
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
