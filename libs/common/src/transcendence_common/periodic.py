"""Periodic work that runs at start and then at intervals, and survives an unavailable database."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from litestar import Litestar
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from transcendence_common.outages import DRIVER_ERRORS, DatabaseUnavailable
from transcendence_common.request_id import bind_new_request_id

DATABASE_ERRORS = (DatabaseUnavailable, SQLAlchemyError, *DRIVER_ERRORS)
"""Errors of a database that is unavailable, starting, or not migrated; while connecting, the driver's own."""

ROW_ERRORS = (IntegrityError, DataError)
"""Errors of DATABASE_ERRORS that an available database raises; they concern a single item of the work."""

RETRY_SECONDS = 1.0

logger = structlog.get_logger("transcendence.periodic")

Work = Callable[[], Awaitable[None]]


def periodic_lifespan(
    name: str,
    work: Work,
    *,
    every_seconds: float,
    expected: tuple[type[Exception], ...] = DATABASE_ERRORS,
    after: Work | None = None,
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return a lifespan that runs the work once before the first request, then repeatedly.

    Expected failures are logged and retried after 1 s; readiness tells whether the service can do without the work.

    Args:
        name: the name in logs.
        work: the work.
        every_seconds: the pause after each run.
        expected: errors that end a run, but not the repetition.
        after: awaited after the pause before the next run; skipped after a failure.
    """

    repetition = _Repetition(name, work, every_seconds, expected, after)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        await repetition.run_once()
        task = asyncio.create_task(repetition.repeat())
        task.add_done_callback(_log_unexpected_end)
        yield
        task.cancel()
        await asyncio.wait({task})

    return lifespan


class _Repetition:
    def __init__(
        self,
        name: str,
        work: Work,
        every_seconds: float,
        expected: tuple[type[Exception], ...],
        after: Work | None,
    ) -> None:
        self._name = name
        self._work = work
        self._every_seconds = every_seconds
        self._expected = expected
        self._after = after
        self._working = True

    async def repeat(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds if self._working else RETRY_SECONDS)
            if self._working and self._after is not None:
                await self._after()
            await self.run_once()

    async def run_once(self) -> None:
        with bind_new_request_id():
            try:
                await self._work()
            except self._expected as error:
                if self._working:
                    self._log_failure(error)
                self._working = False
            else:
                self._working = True

    def _log_failure(self, error: Exception) -> None:
        """Log the first failure of an outage only; the work is retried every second."""
        logger.warning(
            "periodic work failed",
            **{
                "event.action": "periodic-work",
                "event.outcome": "failure",
                "labels.work": self._name,
                "error.type": type(error).__name__,
                # Only the first line: SQLAlchemy appends the statement.
                "error.message": str(error).partition("\n")[0],
            },
        )


def _log_unexpected_end(repetition: asyncio.Task[None]) -> None:
    if not repetition.cancelled():
        logger.error(
            "periodic work died",
            exc_info=repetition.exception(),
            **{"event.action": "unexpected-error", "event.outcome": "failure"},
        )
