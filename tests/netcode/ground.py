"""The environment of a drill: replicas behind a real gateway, and matches played through it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from pong.court import TICKS_PER_SECOND
from pong.log import KeyChange
from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.ports import free_ports
from tests.gateway.nginx import Gateway
from tests.netcode.laboratory import Laboratory, play
from tests.netcode.records import Record, Report, check_agreement
from tests.netcode.replicas import Replica
from tests.netcode.setting import Road, gateway_before, laboratory_with_neighbours
from tournament.live import queries
from tournament.live.models import RUNNING, Match, StoredKeys
from tournament.live.models import Replica as ReplicaRow
from tournament.live.protocol import Phase
from tournament.live.restoring import unpack_changes

REPLICAS = 2
POLL_SECONDS = 0.02
LONGEST_SECONDS = 60


class Running(NamedTuple):
    """A running match according to the database."""

    id: UUID
    owner: UUID | None
    address: str | None
    stored_through: int


class Stored(NamedTuple):
    """The stored inputs of a match."""

    through_tick: int
    changes: list[KeyChange]


class Played(NamedTuple):
    """A finished match, with the reports of both clients and history's record."""

    id: UUID
    reports: tuple[Report, Report]
    record: Record

    def playing_again_at(self, after: float) -> float:
        """Return when both clients were playing again after a moment."""
        return max(
            next(
                (
                    at
                    for phase in report["phases"]
                    if phase["phase"] == Phase.PLAYING
                    and (at := report["startedAt"] + phase["atMs"] / 1000) > after
                ),
                float("inf"),
            )
            for report in self.reports
        )


@dataclass(frozen=True)
class Ongoing:
    """A match in play, and the replica that ran it when the test looked."""

    id: UUID
    owner: UUID
    replica: Replica
    playing: asyncio.Task[Played]


@dataclass(frozen=True)
class Ground:
    """Replicas, one per port, and the gateway before them."""

    laboratory: Laboratory
    gateway: Gateway
    history_road: Road
    ports: tuple[int, ...]
    replicas: dict[int, Replica] = field(default_factory=dict)

    @property
    def trust(self) -> Path:
        return self.gateway.folder / "certificate.pem"

    async def start_all(self, **changes: str) -> None:
        await asyncio.gather(*(self.start(port, **changes) for port in self.ports))

    async def start(self, port: int, **changes: str) -> Replica:
        """Start the process at a port, for the first time or again."""
        self.replicas[port] = await self.laboratory.replicas.start(port, **changes)
        return self.replicas[port]

    def replica_at(self, address: str) -> Replica:
        """Return the process with this address in the database."""
        return self.replicas[int(address.rpartition(":")[2])]

    async def play_match(self, *, points: int, seed: int) -> Played:
        """Play a match of two new players to its end, and check that all saw the same."""
        people = self.laboratory.person("Alice"), self.laboratory.person("Bob")
        match_id = await self.laboratory.new_match(*people, points=points)
        return await self._play_out(match_id, people, seed=seed)

    async def _play_out(
        self,
        match_id: UUID,
        people: tuple[Person, Person],
        *,
        urls: tuple[str, str] | None = None,
        seed: int = 1,
        resign_at: int | None = None,
    ) -> Played:
        one, other = urls or (self.gateway.url, self.gateway.url)
        settings = {} if resign_at is None else {"resignAtTick": resign_at}
        reports = await asyncio.gather(
            play(one, match_id, people[0], trust=self.trust, seed=seed, **settings),
            play(other, match_id, people[1], trust=self.trust, seed=seed + 1, **settings),
        )
        record = await self.laboratory.record(match_id)
        check_agreement(record, reports)
        return Played(match_id, reports, record)

    async def running(self) -> list[Running]:
        """Return the matches that have begun and not ended."""
        through = func.coalesce(
            select(func.max(StoredKeys.through_tick))
            .where(StoredKeys.match_id == Match.id)
            .scalar_subquery(),
            0,
        )
        async with self.laboratory.db.get_session() as session:
            rows = await session.execute(
                select(Match.id, Match.owner, ReplicaRow.address, through)
                .outerjoin(ReplicaRow, ReplicaRow.id == Match.owner)
                .where(Match.state == RUNNING)
            )
            return [Running(*row) for row in rows]

    async def match(self, match_id: UUID) -> Match:
        async with self.laboratory.db.get_session() as session:
            found = await queries.find_match(session, match_id)
        assert found is not None
        return found

    async def stored(self, match_id: UUID) -> Stored:
        async with self.laboratory.db.get_session() as session:
            rows = await queries.find_stored_keys(session, match_id)
        changes = [change for row in rows for change in unpack_changes(row.changes)]
        return Stored(rows[-1].through_tick if rows else 0, changes)

    @asynccontextmanager
    async def match_in_play(
        self,
        *,
        points: int = 3,
        urls: tuple[str, str] | None = None,
        resign_at: int | None = None,
    ) -> AsyncGenerator[Ongoing, None]:
        """Begin a match, yield after a second of play, and wait for its end.

        If a tick is given, both resign at it: a short match proves as much.
        """
        people = self.laboratory.person("Alice"), self.laboratory.person("Bob")
        match_id = await self.laboratory.new_match(*people, points=points)
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(
                self._play_out(match_id, people, urls=urls, resign_at=resign_at)
            )
            owner_id, address = await self.owner_in_play(match_id)
            yield Ongoing(match_id, owner_id, self.replica_at(address), playing)

    async def owner_in_play(self, match_id: UUID) -> tuple[UUID, str]:
        """Wait until a match has been played for a second; return its
        owner and the owner's address."""
        async with asyncio.timeout(LONGEST_SECONDS):
            while True:
                for match in await self.running():
                    is_in_play = match.id == match_id and match.stored_through >= TICKS_PER_SECOND
                    if is_in_play and match.owner is not None and match.address is not None:
                        return match.owner, match.address
                await asyncio.sleep(POLL_SECONDS)

    async def taken_from(self, owner: UUID, match_id: UUID) -> float:
        """Wait until another replica runs a match, and return when the
        test saw that (Unix time)."""
        async with asyncio.timeout(LONGEST_SECONDS):
            while True:
                if (await self.match(match_id)).owner not in {owner, None}:
                    return time()
                await asyncio.sleep(POLL_SECONDS)


def check_kept(stored: Stored, record: Record) -> None:
    """Raise unless a record contains everything that was stored at an earlier time."""
    assert record["inputs"]["ticks"] >= stored.through_tick
    kept = [
        tuple(change) for change in record["inputs"]["changes"] if change[0] < stored.through_tick
    ]
    assert kept == [tuple(change) for change in stored.changes]


@asynccontextmanager
async def ground_on(
    databases: dict[str, ServiceDatabase], key: SigningKey, logs: Path
) -> AsyncGenerator[Ground, None]:
    """Serve everything except the replicas, which the drill starts itself."""
    ports = tuple(free_ports(REPLICAS))
    async with (
        laboratory_with_neighbours(databases, key, logs) as setting,
        gateway_before(setting.auth_url, ports) as gateway,
    ):
        yield Ground(setting.laboratory, gateway, setting.history_road, ports)
