"""Two or three processes are killed within 3 s, repeatedly, while a player continues."""

import asyncio
import gc
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
import pytest_asyncio

from contracts.tournament.problems import TournamentCode
from launcher.leftovers import find_processes_by_log
from tests.browser.people import register_verified
from tests.fixtures.launched import LaunchedPlatform, launched_platform
from tests.platform.conftest import HOTSEAT
from tests.platform.players import Account, client_at, local_match, signed_in

pytestmark = [
    pytest.mark.drill,
    # A connection whose gateway is killed during the handshake is closed only with the event loop.
    pytest.mark.asyncio(loop_scope="function"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
SEED = 16
WITHIN_SECONDS = 3
PARTS = {"postgres", "mail", "auth", "history", "tournament", "ui", "gateway"}
VICTIMS = ("launcher", "gateway's worker", *sorted(PARTS))
BACK_SECONDS = 90
MATCHES_A_ROUND = 2
PAUSE_SECONDS = 0.2
POINTS = 3
MANY_AT_ONE_ADDRESS = {"GATEWAY_LOGIN_RATE": "6000r/m", "GATEWAY_LOGIN_BURST": "1000"}


@dataclass
class Traffic:
    """Continuous requests of one player, and what the platform has acknowledged."""

    player: Account
    tickets: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    matches: set[str] = field(default_factory=set)
    tournaments: set[str] = field(default_factory=set)
    name: str = ""

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> httpx.Response | None:
        """Return the answer, or None if the client cannot know whether
        the request was carried out."""
        try:
            answer = await self.player.client.request(
                method, path, json=body, headers={**self.player.headers, **headers}
            )
        except httpx.TransportError:
            return None
        if answer.status_code in {502, 503, 504}:
            return None
        assert answer.status_code < 500, (path, answer.status_code, answer.text)
        return answer

    async def rename(self) -> None:
        number = 0
        while True:
            number += 1
            name = f"Ann the {number}"
            answer = await self.ask("PATCH", "/api/user/profile", {"display_name": name})
            if answer is not None:
                assert answer.is_success, answer.text
                self.name = name
            await asyncio.sleep(PAUSE_SECONDS)

    async def hand_in(self) -> None:
        while True:
            ticket = await self.tickets.get()
            log = local_match(ticket["seed"], POINTS)
            inputs = {"ticks": log.ticks, "changes": [list(change) for change in log.changes]}
            body = {"ticket": ticket["ticket"], "inputs": inputs}
            while True:
                answer = await self.ask("POST", "/api/history/matches", body)
                if answer is not None and answer.is_success:
                    self.matches.add(answer.json()["id"])
                    break
                if answer is not None:
                    assert answer.json()["code"] == "log_too_fast", answer.text
                await asyncio.sleep(PAUSE_SECONDS)

    async def organise(self) -> None:
        """Create a tournament and cancel it at once, since a player may have
        only a few unfinished ones."""
        once = {"Idempotency-Key": str(uuid4())}
        made = await self.until_answered("/api/tournament/tournaments", HOTSEAT, **once)
        assert made.is_success, made.text
        tournament = made.json()["id"]
        self.tournaments.add(tournament)
        path = f"/api/tournament/tournaments/{tournament}/cancellation"
        ended = await self.until_answered(path, {"reason": "It was a drill."})
        assert ended.is_success or ended.json()["code"] == TournamentCode.NOT_NOW, ended.text

    async def until_answered(self, path: str, body: object, **headers: str) -> httpx.Response:
        while (answer := await self.ask("POST", path, body, **headers)) is None:  # noqa: ASYNC110 - no event
            await asyncio.sleep(PAUSE_SECONDS)
        return answer


@pytest.fixture(scope="module")
def killed() -> Iterator[LaunchedPlatform]:
    with launched_platform(MANY_AT_ONE_ADDRESS) as platform:
        yield platform
    gc.collect()


@pytest_asyncio.fixture(loop_scope="function")
async def traffic(killed: LaunchedPlatform) -> AsyncGenerator[Traffic, None]:
    async with client_at(killed.url) as client:
        traffic = Traffic(await register_verified(killed, client))
        async with asyncio.TaskGroup() as tasks:
            flows = [tasks.create_task(traffic.rename()), tasks.create_task(traffic.hand_in())]
            yield traffic
            for flow in flows:
                flow.cancel()


async def test_the_platform_recovers_without_losing_or_repeating_acknowledged_work(
    killed: LaunchedPlatform, traffic: Traffic, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(SEED)  # noqa: S311 - the same in each run
    for number in range(ROUNDS):
        # The token may expire during the drill.
        traffic.player = await signed_in(traffic.player.client, traffic.player.username)
        for _ in range(MATCHES_A_ROUND):
            ticket = await traffic.player.ticket(mode="local", points=POINTS, opponent_name="Bob")
            await traffic.tickets.put(ticket)
        victims = random.sample(VICTIMS, random.choice((2, 3)))
        organising = asyncio.create_task(traffic.organise())
        for victim in victims:
            await asyncio.sleep(random.uniform(0, WITHIN_SECONDS / len(victims)))
            kill(killed, victim)
        began = monotonic()
        if "launcher" in victims:
            killed.launcher.wait()
            await asyncio.to_thread(killed.start)
        await until_back(killed, traffic)
        await organising
        with capsys.disabled():
            sys.stdout.write(f"\n{number + 1}. {', '.join(victims)}: {monotonic() - began:.1f} s")

    await until_delivered(traffic)
    stored = await all_matches(traffic)
    assert {match: stored[match] for match in traffic.matches} == dict.fromkeys(traffic.matches, 1)
    assert len(traffic.matches) == ROUNDS * MATCHES_A_ROUND == sum(stored.values())
    assert len(traffic.tournaments) == ROUNDS
    for tournament in traffic.tournaments:
        answer = await traffic.ask("GET", f"/api/tournament/tournaments/{tournament}")
        assert answer is not None
        assert answer.is_success
    me = await traffic.ask("GET", "/api/user/me")
    assert me is not None
    assert number_of(me.json()["display_name"]) >= number_of(traffic.name)

    killed.stop()
    assert not find_processes_by_log(killed.logs)
    killed.start()


def kill(platform: LaunchedPlatform, victim: str) -> None:
    """Kill a part; if it is not running at this moment, it is already dead."""
    try:
        find(platform, victim).kill()
    except (LookupError, psutil.NoSuchProcess):
        return


def find(platform: LaunchedPlatform, victim: str) -> psutil.Process:
    if victim == "launcher":
        return psutil.Process(platform.launcher.pid)
    if victim == "gateway's worker":
        return find(platform, "gateway").children()[0]
    return find_processes_by_log(platform.logs)[victim][0]


async def until_back(platform: LaunchedPlatform, traffic: Traffic) -> None:
    """Wait until all parts run and everything answers through the gateway again."""
    async with asyncio.timeout(BACK_SECONDS):
        while not find_processes_by_log(platform.logs).keys() >= PARTS:  # noqa: ASYNC110 - no event
            await asyncio.sleep(PAUSE_SECONDS)
        for path in ("/", "/api/user/me", "/api/history/matches", "/api/tournament/tournaments"):
            while (answer := await traffic.ask("GET", path)) is None or not answer.is_success:
                assert platform.launcher.poll() is None, platform.output
                await asyncio.sleep(PAUSE_SECONDS)


async def until_delivered(traffic: Traffic) -> None:
    async with asyncio.timeout(BACK_SECONDS):
        while len(traffic.matches) < ROUNDS * MATCHES_A_ROUND:  # noqa: ASYNC110 - no event
            await asyncio.sleep(PAUSE_SECONDS)


async def all_matches(traffic: Traffic) -> Counter[str]:
    """Return how often each of the player's matches is listed."""
    found: Counter[str] = Counter()
    path: str | None = "/api/history/matches"
    while path:
        answer = await traffic.ask("GET", path)
        assert answer is not None
        page = answer.json()
        found.update(match["id"] for match in page["items"])
        cursor = page["next_cursor"]
        path = f"/api/history/matches?cursor={cursor}" if cursor else None
    return found


def number_of(name: str) -> int:
    return int(name.rpartition(" ")[2])
