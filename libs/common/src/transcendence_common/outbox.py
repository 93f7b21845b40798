"""The outbox: what has to leave a service is stored with the change that causes it, and delivered after its commit.

pgqueuer keeps the queue, wakes the workers and takes over from a worker that died; this module says how we use it:
entered in the caller's transaction, delivered at least once by whichever replica comes first, tried again with growing
delay. A receiver must therefore bear the same delivery twice.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, get_args

import asyncpg
import msgspec
import structlog
from litestar import Litestar
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import AbstractEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.tm import TaskManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context, Job, TableChangedEvent, TracebackRecord
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver, NotifyCallback
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from transcendence_common.outages import DRIVER_ERRORS
from transcendence_common.outbox_backlog import Backlog
from transcendence_common.request_id import adopt_request_id, current_request_id
from transcendence_common.settings import PostgresUrl

MOST_DOUBLINGS = 10
"""Of the first delay: enough to reach the longest, few enough not to overflow."""
AT_ONCE = 10
"""Deliveries under way in one replica; pgqueuer wants room for two batches of half as many."""
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
"""Of the queue: where the network swallows everything, nobody else would ever say so."""
STOP_SECONDS = 8.0
"""For deliveries under way when the service stops; what is not done then is done again later."""
LOG_KEPT_FOR = timedelta(days=7)
"""pgqueuer writes down each step of each delivery, and deletes none of it."""
LOG_SWEPT_EVERY = timedelta(hours=1)
LOG_ROWS_AT_ONCE = 5_000

REQUEST_ID = "request_id"

Result = Literal["delivered", "postponed", "given_up", "held"]
"""The last: failed in a way that nobody foresaw, and kept for an operator."""

DELIVERIES = Counter(
    "outbox_deliveries", "Deliveries tried, by how they ended", ["topic", "result"]
)

# pgqueuer raises the last where its tables are not there yet.
QUEUE_AWAY = (*DRIVER_ERRORS, RuntimeError)

logger = structlog.get_logger("transcendence.outbox")

Handler = Callable[[bytes], Awaitable[None]]


class Undeliverable(Exception):
    """Trying again will not help: it is given up, and an operator reads why. No secret belongs in the text."""


class NotNow(Exception):
    """It could not be delivered this time; it is tried again until it is, or too old. No secret belongs in the text."""


FORESEEN = (Undeliverable, NotNow)


class Route(msgspec.Struct, frozen=True):
    """What becomes of a topic: who delivers it, for how long that is tried, and how many at once over all replicas.

    Without a limit in time it is tried for ever; without one in number it takes what room there is.
    """

    deliver: Handler
    give_up_after: timedelta | None = None
    at_once: int = 0


class Pace(msgspec.Struct, frozen=True):
    """How long is waited for what. Tests are less patient."""

    first_retry: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(minutes=5)
    """Also the longest that a receiver which is back has to wait for what it missed."""
    poll: timedelta = timedelta(seconds=30)
    """A notification wakes the worker; this is for one that was lost."""
    stale: timedelta = timedelta(seconds=30)
    """A delivery whose worker has been silent for so long is somebody else's."""
    reconnect: timedelta = timedelta(seconds=1)
    look: timedelta = timedelta(seconds=30)
    """At how much waits, for operators: alerts wait for minutes."""

    def delay_after(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts and one more."""
        return min(self.first_retry * (1 << min(attempts, MOST_DOUBLINGS)), self.longest_retry)


UNHURRIED = Pace()


async def put(session: AsyncSession, topic: str, body: bytes) -> None:
    """Enter something to deliver, in the caller's transaction: both happen or neither.

    Args:
        session: the transaction of the change that causes it.
        topic: names the route.
        body: what the route's handler gets. It lies readable in the database until it is delivered.
    """
    headers = {REQUEST_ID: current_request_id()}
    await Queries(_SessionDriver(session)).enqueue(topic, body, headers=headers)


class OutboxWorker:
    """Delivers what was entered. Every replica runs one; which of them delivers what, the database decides."""

    def __init__(
        self,
        url: PostgresUrl,
        routes: Mapping[str, Route],
        *,
        service: str,
        pace: Pace = UNHURRIED,
    ) -> None:
        self._dsn = url.get_secret_value().replace("postgresql+asyncpg://", "postgresql://", 1)
        self._routes = routes
        self._service = service
        self._pace = pace
        self._manager: QueueManager | None = None
        self._stopping = False
        self._working = False
        self._outage_noted = False
        self._backlog = Backlog(routes, pace.look)
        for topic in routes:
            for result in get_args(Result):
                DELIVERIES.labels(topic, result)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Deliver while the application runs."""
        task = asyncio.create_task(self._work())
        task.add_done_callback(self._note_end)
        try:
            with self._backlog.shown():
                yield
        finally:
            self._stopping = True
            if self._manager is not None:
                self._manager.shutdown.set()
                await asyncio.wait({task}, timeout=STOP_SECONDS)
            task.cancel()
            await asyncio.wait({task})

    async def check_ready(self) -> None:
        """Raise while the worker has no connection to its queue."""
        if not self._working:
            raise NotNow("the outbox is not connected to its queue")

    async def _work(self) -> None:
        while not self._stopping:
            try:
                await self._work_until_disconnected()
            except QUEUE_AWAY as error:
                if not self._outage_noted:
                    _log_disconnected(error)
                self._outage_noted = True
                self._working = False
                await asyncio.sleep(self._pace.reconnect.total_seconds())

    async def _work_until_disconnected(self) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_SECONDS,
            command_timeout=ANSWER_SECONDS,
            server_settings={"application_name": f"{self._service}-outbox"},
        )
        driver = AsyncpgDriver(connection)
        beside = {
            asyncio.create_task(_sweep_log(driver)),
            asyncio.create_task(self._keep_looking(driver)),
        }
        try:
            manager = self._new_manager(driver)
            # Or an idle worker would find out at its next poll only, and call itself ready until then.
            connection.add_termination_listener(lambda _: self._note_cut(manager))
            await manager.verify_structure()
            if self._stopping:
                return
            self._working = True
            self._outage_noted = False
            await manager.run(
                dequeue_timeout=self._pace.poll,
                batch_size=AT_ONCE // 2,
                max_concurrent_tasks=AT_ONCE,
                heartbeat_timeout=self._pace.stale,
                shutdown_on_listener_failure=False,
                # We count ourselves: see `DELIVERIES`.
                log_aggregation_interval=timedelta(0),
            )
            if not self._stopping:
                raise ConnectionError("the server has closed the connection")
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            # It has nothing more to say, and a dead server would not answer its goodbye.
            connection.terminate()

    async def _keep_looking(self, driver: Driver) -> None:
        while True:
            with suppress(*QUEUE_AWAY):
                await self._backlog.look(driver)
            await asyncio.sleep(self._pace.look.total_seconds())

    def _new_manager(self, driver: AsyncpgDriver) -> QueueManager:
        manager = QueueManager(_Queue(driver))
        for topic, route in self._routes.items():
            manager.register_executor(topic, _Delivery(topic, route, self._pace))
        self._manager = manager
        return manager

    def _note_cut(self, manager: QueueManager) -> None:
        """At once: what is being delivered may take its time until the manager ends."""
        self._working = False
        manager.shutdown.set()

    def _note_end(self, work: asyncio.Task[None]) -> None:
        """Nothing is delivered any more; where nobody wanted that, it must be seen."""
        self._working = False
        if not work.cancelled() and work.exception() is not None:
            logger.error(
                "outbox died",
                exc_info=work.exception(),
                **{"event.action": "unexpected-error", "event.outcome": "failure"},
            )


class _Queue(Queries):
    """pgqueuer's statements, but for one that puts a job back."""

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """Put a job back, and have everybody look when it is due: of updates pgqueuer's trigger says nothing.

        What cannot be put back now is taken over when it is stale. pgqueuer would hold it for an operator, though
        nothing is wrong with it.
        """
        with suppress(*QUEUE_AWAY):
            await super().retry_job(job, delay, traceback_record)
            channel = self.qbq.settings.channel
            changed = TableChangedEvent(
                type="table_changed_event",
                channel=Channel(channel),
                operation="update",
                table=self.qbq.settings.queue_table,
                sent_at=datetime.now(UTC),
            )
            await self.driver.notify(channel, changed.model_dump_json())


class _Delivery(AbstractEntrypointExecutor):
    """What pgqueuer runs for one topic."""

    def __init__(self, topic: str, route: Route, pace: Pace) -> None:
        # What fails in a way that nobody foresaw is kept for an operator instead of being deleted.
        parameters = EntrypointExecutorParameters(
            concurrency_limit=route.at_once, func=self._deliver, on_failure="hold"
        )
        super().__init__(parameters)
        self._topic = topic
        self._route = route
        self._pace = pace

    async def execute(self, job: Job, context: Context) -> None:  # noqa: ARG002 - pgqueuer's signature
        adopt_request_id(str((job.headers or {}).get(REQUEST_ID, "")))
        try:
            await self._deliver(job)
        except asyncio.CancelledError:
            # The service stops. pgqueuer would note the job as cancelled by somebody, and forget it.
            raise RetryRequested from None

    async def _deliver(self, job: Job) -> None:
        try:
            await self._route.deliver(job.payload or b"")
        except Undeliverable as error:
            self._note("given_up", job, error)
        except NotNow as error:
            if self._is_too_old(job):
                self._note("given_up", job, error)
                return
            self._note("postponed", job, error)
            delay = self._pace.delay_after(job.attempts)
            raise RetryRequested(delay, type(error).__name__) from None
        except Exception as error:
            # pgqueuer logs it with its stack, and with what it says.
            self._note("held", job, error)
            raise
        else:
            self._note("delivered", job)

    def _is_too_old(self, job: Job) -> bool:
        limit = self._route.give_up_after
        return limit is not None and datetime.now(UTC) - job.created > limit

    def _note(self, result: Result, job: Job, error: Exception | None = None) -> None:
        DELIVERIES.labels(self._topic, result).inc()
        log = {"delivered": logger.info, "held": logger.error}.get(result, logger.warning)
        log(
            f"outbox: {result}",
            **{
                "event.action": "outbox-delivery",
                "event.outcome": "success" if result == "delivered" else "failure",
                **({"error.type": type(error).__name__} if error else {}),
                # In our own words, which name no address. What nobody foresaw may hold anything.
                **({"error.message": str(error)} if isinstance(error, FORESEEN) else {}),
                "labels.topic": self._topic,
                "labels.result": result,
                "transcendence.attempt": job.attempts + 1,
            },
        )


class _SessionDriver(Driver):
    """pgqueuer's statements inside a SQLAlchemy session's transaction; only for entering jobs."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        connection = await self._session.connection()
        found = await connection.exec_driver_sql(query, args)
        return [dict(row) for row in found.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        raise NotImplementedError

    async def notify(self, channel: str, payload: str) -> None:
        raise NotImplementedError

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        raise NotImplementedError

    @property
    def shutdown(self) -> asyncio.Event:
        raise NotImplementedError

    @property
    def tm(self) -> TaskManager:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


async def _sweep_log(driver: Driver) -> None:
    """An hour later than it could is early enough, so what fails is left to the next time."""
    log = DBSettings().queue_table_log
    statement = (
        f"WITH old AS (SELECT id FROM {log} WHERE created < now() - $1::interval LIMIT $2)"  # noqa: S608 - a constant
        f" DELETE FROM {log} USING old WHERE {log}.id = old.id RETURNING {log}.id"
    )
    while True:
        with suppress(*QUEUE_AWAY):
            while await driver.fetch(statement, LOG_KEPT_FOR, LOG_ROWS_AT_ONCE):
                pass
        await asyncio.sleep(LOG_SWEPT_EVERY.total_seconds())


def _log_disconnected(error: Exception) -> None:
    """Once an outage: it is tried again every second."""
    logger.warning(
        "outbox disconnected",
        **{
            "event.action": "outbox-disconnected",
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "error.message": str(error).partition("\n")[0],
        },
    )
