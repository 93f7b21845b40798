"""Live matches of one process: how many keep their time, and what each of them costs."""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psutil
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from launcher.temporary import temporary_cluster
from services.tournament.tests.live.match_host_under_test import new_match
from tests.bench.load import cpu_seconds
from tests.bench.report import figure, heading
from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.sockets import served
from tests.netcode.backends import keys_and_tokens
from tests.netcode.replicas import SECRET, Replica, Replicas
from tournament.app import MIGRATIONS

POINTS = 21
COUNTS = (100, 400, 700, 1000)
SPECTATORS = (1, 10, 100)
PRESSES_A_SECOND = 4.0
"""Key presses of each player, who follows the ball and corrects."""
SECONDS = 10
GOAL_MS = 5


@dataclass(frozen=True)
class Stage:
    db: SQLAlchemyAsyncConfig
    key: SigningKey
    replica: Replica
    process: psutil.Process


@dataclass(frozen=True)
class Measured:
    """Measurements over a period."""

    late_ms: float
    """The 99th percentile of the ticks' lateness."""
    cpu: float
    """CPU time as a share of one core."""
    bytes_a_second: float
    frames_a_second: float
    lost: int


def measure() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    heading(f"Live matches of one process, two clients each, {PRESSES_A_SECOND:.0f} keys a second")
    for count in COUNTS:
        async with (
            stage() as here,
            crowd(here, [await match(here) for _ in range(count)]) as people,
        ):
            found = await people.watch(SECONDS)
            figure(
                f"{count} matches",
                f"p99 late {found.late_ms:.1f} ms",
                f"goal < {GOAL_MS} ms; {found.cpu:.2f} cores, {found.cpu / count * 1000:.2f} ms CPU a match"
                f" and second, {found.bytes_a_second / count / 2:.0f} bytes/s a client"
                f" in {found.frames_a_second / count / 2:.1f} frames; {found.lost} lost",
            )
    heading("Spectators of one match")
    for count in (0, *SPECTATORS):
        async with stage() as here, crowd(here, [await match(here)], count) as people:
            found = await people.watch(SECONDS)
            figure(
                f"{count} watch",
                f"p99 late {found.late_ms:.1f} ms",
                f"{found.cpu * 100:.1f} % of a core",
            )


@dataclass(frozen=True)
class Crowd:
    """The process that runs the clients."""

    here: Stage
    process: asyncio.subprocess.Process

    async def watch(self, seconds: float) -> Measured:
        before, cpu, counted = (
            await self._lateness(),
            cpu_seconds([self.here.process]),
            await self.ask(),
        )
        await asyncio.sleep(seconds)
        counts = await self.ask()
        spent = cpu_seconds([self.here.process]) - cpu
        after = await self._lateness()
        return Measured(
            late_ms=_quantile(before, after, 0.99) * 1000,
            cpu=spent / seconds,
            bytes_a_second=(counts["received_bytes"] - counted["received_bytes"]) / seconds,
            frames_a_second=(counts["received_frames"] - counted["received_frames"]) / seconds,
            lost=counts["lost"],
        )

    async def ask(self) -> dict[str, int]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        answer: dict[str, int] = json.loads(await self.process.stdout.readline())
        return answer

    async def _lateness(self) -> dict[float, float]:
        async with httpx.AsyncClient() as client:
            metrics = (await client.get(f"{self.here.replica.url}/metrics")).text
        found = re.findall(
            r'tournament_live_tick_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)', metrics
        )
        return {float(edge): float(count) for edge, count in found}


@asynccontextmanager
async def crowd(
    here: Stage, matches: list[tuple[UUID, Person, Person]], spectators: int = 0
) -> AsyncGenerator[Crowd, None]:
    """Connect all clients and wait until every player plays."""
    address = urlsplit(here.replica.url)

    def client(match_id: UUID, way: str, token: str) -> dict[str, object]:
        return {
            "host": address.hostname,
            "port": address.port,
            "path": f"/api/tournament/matches/{match_id}/{way}",
            "token": token,
            "presses": PRESSES_A_SECOND if way == "play" else 0,
        }

    clients = [
        client(match_id, "play", person.token) for match_id, *people in matches for person in people
    ] + [client(matches[0][0], "watch", "") for _ in range(spectators)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.crowd"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    people = Crowd(here, process)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(clients).encode() + b"\n")
    await process.stdout.readline()
    while (await people.ask())["playing"] < 2 * len(matches):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.5)
    await asyncio.sleep(2)
    try:
        yield people
    finally:
        process.kill()
        await process.wait()


async def match(here: Stage) -> tuple[UUID, Person, Person]:
    alice, bob = Person("Alice", here.key), Person("Bob", here.key)
    return await new_match(here.db, alice, bob, points=POINTS), alice, bob


@asynccontextmanager
async def stage() -> AsyncGenerator[Stage, None]:
    """Start a process of the service on its own database."""
    key = SigningKey()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cluster = stack.enter_context(temporary_cluster())
        # Alembic starts its own event loop.
        database = await asyncio.to_thread(
            ServiceDatabase, cluster.urls["tournament"], service="tournament", migrations=MIGRATIONS
        )
        db = await stack.enter_async_context(database.committed())
        auth_url = await stack.enter_async_context(served(keys_and_tokens(key)))
        replicas = Replicas(
            {
                "LOG_LEVEL": "WARNING",
                "AUTH_URL": auth_url,
                "HISTORY_URL": "http://127.0.0.1:9",
                "TOURNAMENT_DATABASE_URL": database.url,
                "TOURNAMENT_SERVICE_SECRET": SECRET,
            },
            Path(folder),
        )
        await stack.enter_async_context(replicas.all_ended())
        replica = await replicas.start()
        yield Stage(db, key, replica, psutil.Process(replica.process.pid))


def _quantile(before: dict[float, float], after: dict[float, float], share: float) -> float:
    """Return a quantile of a histogram, interpolated within its bucket as Prometheus does."""
    counts = [(edge, after[edge] - before.get(edge, 0)) for edge in sorted(after)]
    wanted = counts[-1][1] * share
    below_edge, below = 0.0, 0.0
    for edge, count in counts:
        if count >= wanted:
            return below_edge + (edge - below_edge) * (wanted - below) / max(count - below, 1)
        below_edge, below = edge, count
    return below_edge


if __name__ == "__main__":
    measure()
