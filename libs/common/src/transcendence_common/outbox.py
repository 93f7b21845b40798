"""The outbox: messages stored in the transaction that causes them, and delivered to other services after its commit.

pgqueuer keeps the queue, wakes the workers and takes over from workers that died. This module defines its use: messages
are entered in the caller's transaction, and delivered at least once by any replica, with growing delay between
attempts. A receiver must therefore accept the same delivery twice.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
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
"""Most doublings of the first delay: enough to reach the longest delay, few enough not to overflow."""
MOST_DELIVERIES_AT_ONCE = 10
"""Most deliveries under way in one replica; pgqueuer requires room for two batches of half as many."""
QUEUE_CONNECT_TIMEOUT_SECONDS = 3.0
QUEUE_ANSWER_TIMEOUT_SECONDS = 10.0
"""Time limit of the queue's statements: a network that drops everything raises no error by itself."""
STOP_TIMEOUT_SECONDS = 8.0
"""Time for deliveries under way when the service stops; unfinished ones are delivered again later."""
LOG_KEPT_FOR = timedelta(days=7)
"""Retention of pgqueuer's log, which records each step of each delivery; pgqueuer itself deletes none of it."""
LOG_SWEPT_EVERY = timedelta(hours=1)
LOG_ROWS_AT_ONCE = 5_000

REQUEST_ID = "request_id"

DeliveryResult = Literal["delivered", "postponed", "given_up", "held"]
"""Result of an attempt. `held`: failed unexpectedly, and kept for an operator."""

DELIVERIES = Counter(
    "outbox_deliveries", "Deliveries tried, by how they ended", ["topic", "result"]
)

# pgqueuer raises RuntimeError while its tables do not exist.
QUEUE_UNAVAILABLE = (*DRIVER_ERRORS, RuntimeError)

logger = structlog.get_logger("transcendence.outbox")

DeliveryHandler = Callable[[bytes], Awaitable[None]]


class PermanentFailure(Exception):
    """The delivery can never succeed: it is given up, and the text is logged for an operator.

    It must hold no secret.
    """


class TemporaryFailure(Exception):
    """The delivery failed this time and is retried until it succeeds or is too old. The text must hold no secret."""


EXPECTED_ERRORS = (PermanentFailure, TemporaryFailure)


class DeliveryRoute(msgspec.Struct, frozen=True):
    """How messages of a topic are delivered.

    `deliver` gets the body. `give_up_after` limits the time of retries (None: no limit), `at_once` the number of
    deliveries under way over all replicas (0: no limit).
    """

    deliver: DeliveryHandler
    give_up_after: timedelta | None = None
    at_once: int = 0


class OutboxPace(msgspec.Struct, frozen=True):
    """Time intervals of the outbox; tests use shorter ones."""

    first_retry: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(minutes=5)
    """Longest delay between attempts, so also the longest that a recovered receiver waits for what it missed."""
    poll: timedelta = timedelta(seconds=30)
    """Interval of queries for messages, in case the notification that wakes the worker was lost."""
    stale: timedelta = timedelta(seconds=30)
    """Time without a sign of life of a worker after which its delivery is taken over."""
    reconnect: timedelta = timedelta(seconds=1)
    measure_every: timedelta = timedelta(seconds=30)
    """Interval of measuring the backlog, for operators: alerts have delays of minutes."""

    def delay_after(self, attempts: int) -> timedelta:
        """Return the delay before the next attempt, after `attempts` earlier retries."""
        return min(self.first_retry * (1 << min(attempts, MOST_DOUBLINGS)), self.longest_retry)


DEFAULT_PACE = OutboxPace()


async def enqueue_message(session: AsyncSession, topic: str, body: bytes) -> None:
    """Enter a message in the caller's transaction: both are stored or neither.

    Args:
        session: the transaction of the change that causes the message.
        topic: the name of the route.
        body: the argument of the route's handler. It is stored unencrypted until it is delivered.
    """
    await enqueue_messages(session, topic, [body])


async def enqueue_messages(session: AsyncSession, topic: str, bodies: Sequence[bytes]) -> None:
    """Enter several messages of one topic in the caller's transaction, in one statement."""
    if bodies:
        count = len(bodies)
        headers: dict[str, str] | None = {REQUEST_ID: current_request_id()}
        await Queries(_SessionDriver(session)).enqueue(
            [topic] * count, [*bodies], [0] * count, headers=[headers] * count
        )


class OutboxWorker:
    """Delivers messages. Every replica runs one worker, and the database decides which of them delivers a message."""

    def __init__(
        self,
        url: PostgresUrl,
        routes: Mapping[str, DeliveryRoute],
        *,
        service: str,
        pace: OutboxPace = DEFAULT_PACE,
    ) -> None:
        self._dsn = url.get_secret_value().replace("postgresql+asyncpg://", "postgresql://", 1)
        self._routes = routes
        self._service = service
        self._pace = pace
        self._manager: QueueManager | None = None
        self._stopping = False
        self._working = False
        self._outage_logged = False
        self._backlog = Backlog(routes, pace.measure_every)
        for topic in routes:
            for result in get_args(DeliveryResult):
                DELIVERIES.labels(topic, result)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Deliver while the application runs."""
        task = asyncio.create_task(self._deliver_until_stopped())
        task.add_done_callback(self._report_end)
        try:
            with self._backlog.exported():
                yield
        finally:
            self._stopping = True
            if self._manager is not None:
                self._manager.shutdown.set()
                await asyncio.wait({task}, timeout=STOP_TIMEOUT_SECONDS)
            task.cancel()
            await asyncio.wait({task})

    async def check_ready(self) -> None:
        """Raise TemporaryFailure while the worker has no connection to its queue."""
        if not self._working:
            raise TemporaryFailure("the outbox is not connected to its queue")

    async def _deliver_until_stopped(self) -> None:
        while not self._stopping:
            try:
                await self._deliver_until_disconnected()
            except QUEUE_UNAVAILABLE as error:
                if not self._outage_logged:
                    _log_disconnected(error)
                self._outage_logged = True
                self._working = False
                await asyncio.sleep(self._pace.reconnect.total_seconds())

    async def _deliver_until_disconnected(self) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=QUEUE_CONNECT_TIMEOUT_SECONDS,
            command_timeout=QUEUE_ANSWER_TIMEOUT_SECONDS,
            server_settings={"application_name": f"{self._service}-outbox"},
        )
        driver = AsyncpgDriver(connection)
        beside = {
            asyncio.create_task(_sweep_log(driver)),
            asyncio.create_task(self._measure_backlog(driver)),
        }
        try:
            manager = self._new_manager(driver)
            # Without this, an idle worker would notice only at its next poll, and report ready until then.
            connection.add_termination_listener(lambda _: self._report_disconnected(manager))
            await manager.verify_structure()
            if self._stopping:
                return
            self._working = True
            self._outage_logged = False
            await manager.run(
                dequeue_timeout=self._pace.poll,
                batch_size=MOST_DELIVERIES_AT_ONCE // 2,
                max_concurrent_tasks=MOST_DELIVERIES_AT_ONCE,
                heartbeat_timeout=self._pace.stale,
                shutdown_on_listener_failure=False,
                # Not needed: `DELIVERIES` counts.
                log_aggregation_interval=timedelta(0),
            )
            if not self._stopping:
                raise ConnectionError("the server has closed the connection")
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            # Nothing is left to send, and a dead server would not answer a goodbye.
            connection.terminate()

    async def _measure_backlog(self, driver: Driver) -> None:
        while True:
            with suppress(*QUEUE_UNAVAILABLE):
                await self._backlog.measure(driver)
            await asyncio.sleep(self._pace.measure_every.total_seconds())

    def _new_manager(self, driver: AsyncpgDriver) -> QueueManager:
        manager = QueueManager(_QueueStatements(driver))
        for topic, route in self._routes.items():
            manager.register_executor(topic, _TopicExecutor(topic, route, self._pace))
        self._manager = manager
        return manager

    def _report_disconnected(self, manager: QueueManager) -> None:
        """Report not ready at once: deliveries under way may delay the end of the manager."""
        self._working = False
        manager.shutdown.set()

    def _report_end(self, work: asyncio.Task[None]) -> None:
        """Report not ready and log an unexpected end of the worker."""
        self._working = False
        if not work.cancelled() and work.exception() is not None:
            logger.error(
                "outbox died",
                exc_info=work.exception(),
                **{"event.action": "unexpected-error", "event.outcome": "failure"},
            )


class _QueueStatements(Queries):
    """pgqueuer's statements, with another one that puts a job back."""

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """Put a job back and notify all workers of its due time, because pgqueuer's trigger ignores updates.

        A job that cannot be put back now is taken over when it is stale. pgqueuer would hold it for an operator,
        although nothing is wrong with it.
        """
        with suppress(*QUEUE_UNAVAILABLE):
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


class _TopicExecutor(AbstractEntrypointExecutor):
    """The executor of one topic, called by pgqueuer."""

    def __init__(self, topic: str, route: DeliveryRoute, pace: OutboxPace) -> None:
        # Unexpected failures are kept for an operator instead of being deleted.
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
            # The service stops. pgqueuer would otherwise record the job as cancelled, and forget it.
            raise RetryRequested from None

    async def _deliver(self, job: Job) -> None:
        try:
            await self._route.deliver(job.payload or b"")
        except PermanentFailure as error:
            self._log_result("given_up", job, error)
        except TemporaryFailure as error:
            if self._is_too_old(job):
                self._log_result("given_up", job, error)
                return
            self._log_result("postponed", job, error)
            delay = self._pace.delay_after(job.attempts)
            raise RetryRequested(delay, type(error).__name__) from None
        except Exception as error:
            # pgqueuer logs the exception with its stack and message.
            self._log_result("held", job, error)
            raise
        else:
            self._log_result("delivered", job)

    def _is_too_old(self, job: Job) -> bool:
        limit = self._route.give_up_after
        return limit is not None and datetime.now(UTC) - job.created > limit

    def _log_result(self, result: DeliveryResult, job: Job, error: Exception | None = None) -> None:
        DELIVERIES.labels(self._topic, result).inc()
        log = {"delivered": logger.info, "held": logger.error}.get(result, logger.warning)
        log(
            f"outbox: {result}",
            **{
                "event.action": "outbox-delivery",
                "event.outcome": "success" if result == "delivered" else "failure",
                **({"error.type": type(error).__name__} if error else {}),
                # Messages of expected errors contain no address; those of unexpected errors may contain anything.
                **({"error.message": str(error)} if isinstance(error, EXPECTED_ERRORS) else {}),
                "labels.topic": self._topic,
                "labels.result": result,
                "transcendence.attempt": job.attempts + 1,
            },
        )


class _SessionDriver(Driver):
    """Runs pgqueuer's statements in the transaction of a SQLAlchemy session; only for entering jobs."""

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
    """Delete old rows of pgqueuer's log every hour.

    A failure is ignored, because the next round deletes the same rows.
    """
    log = DBSettings().queue_table_log
    statement = (
        f"WITH old AS (SELECT id FROM {log} WHERE created < now() - $1::interval LIMIT $2)"  # noqa: S608 - a constant
        f" DELETE FROM {log} USING old WHERE {log}.id = old.id RETURNING {log}.id"
    )
    while True:
        with suppress(*QUEUE_UNAVAILABLE):
            while await driver.fetch(statement, LOG_KEPT_FOR, LOG_ROWS_AT_ONCE):
                pass
        await asyncio.sleep(LOG_SWEPT_EVERY.total_seconds())


def _log_disconnected(error: Exception) -> None:
    """Log the first failure of an outage only; the connection is retried every second."""
    logger.warning(
        "outbox disconnected",
        **{
            "event.action": "outbox-disconnected",
            "event.outcome": "failure",
            "error.type": type(error).__name__,
            "error.message": str(error).partition("\n")[0],
        },
    )
