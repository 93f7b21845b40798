"""An outbox on a real database, and receivers of its deliveries."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from litestar import Litestar
from pgqueuer.adapters.persistence.schema_ddl import render_install
from pgqueuer.domain.settings import DBSettings
from prometheus_client import REGISTRY

from launcher.temporary import TemporaryCluster
from libs.common.tests.lonely_database import LonelyDatabase, lonely_database
from transcendence_common import outbox
from transcendence_common.outbox import DeliveryRoute, OutboxPace, OutboxWorker

SERVICE = "sample"
APPLICATION = "sample-outbox"
HURRIED = OutboxPace(
    first_retry=timedelta(milliseconds=20),
    longest_retry=timedelta(milliseconds=100),
    # Polling is so rare that a delivery in time must have been announced by a notification.
    poll=timedelta(minutes=1),
    reconnect=timedelta(milliseconds=50),
)


@dataclass(frozen=True)
class RunningOutbox:
    database: LonelyDatabase

    async def put(self, topic: str, *bodies: bytes) -> None:
        """Enter several items in one transaction."""
        async with self.database.transaction() as session:
            for body in bodies:
                await outbox.enqueue_message(session, topic, body)

    @asynccontextmanager
    async def worker(
        self, routes: Mapping[str, DeliveryRoute], pace: OutboxPace = HURRIED
    ) -> AsyncGenerator[OutboxWorker, None]:
        worker = OutboxWorker(self.database.url, routes, service=SERVICE, pace=pace)
        async with worker.lifespan(Litestar()):
            yield worker

    async def queued(self) -> list[tuple[bytes, str, int]]:
        """Return the queue: body, status, and number of postponements of each item."""
        rows = await self.database.rows("SELECT * FROM pgqueuer ORDER BY id")
        return [(row["payload"], row["status"], row["attempts"]) for row in rows]

    async def is_empty(self) -> bool:
        return not await self.queued()


@asynccontextmanager
async def running_outbox(postgres: TemporaryCluster) -> AsyncGenerator[RunningOutbox, None]:
    async with lonely_database(postgres) as database:
        await database.execute(render_install(DBSettings()))
        yield RunningOutbox(database)


@dataclass
class Receiver:
    """A receiver that accepts everything, once it is allowed to."""

    got: list[bytes] = field(default_factory=list)
    begun: int = 0
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, body: bytes) -> None:
        self.got.append(body)

    async def take_when_told(self, body: bytes) -> None:
        self.begun += 1
        await self.may_end.wait()
        self.got.append(body)


async def is_ready(worker: OutboxWorker) -> bool:
    try:
        await worker.check_ready()
    except outbox.TemporaryFailure:
        return False
    return True


def deliveries(topic: str, result: str) -> float:
    """Return a topic's deliveries with a result, from `/metrics`."""
    labels = {"topic": topic, "result": result}
    return REGISTRY.get_sample_value("outbox_deliveries_total", labels) or 0
