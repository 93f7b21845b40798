"""Work that is done at start and then every so often, and that survives a database that is down."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from litestar import Litestar
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from transcendence_common.outages import DRIVER_ERRORS, DatabaseAway
from transcendence_common.request_id import under_an_id_of_its_own

DATABASE_TROUBLE = (DatabaseAway, SQLAlchemyError, *DRIVER_ERRORS)
"""What a database raises that is down, starting, or not migrated; the driver's own comes through while connecting."""

ROWS_REFUSED = (IntegrityError, DataError)
"""The part of it that a database raises that is well: of many things to do, it concerns one."""

RETRY_SECONDS = 1.0

logger = structlog.get_logger("transcendence.periodic")

Work = Callable[[], Awaitable[None]]


def repeating(
    name: str,
    work: Work,
    *,
    every_seconds: float,
    expected: tuple[type[Exception], ...] = DATABASE_TROUBLE,
    after: Work | None = None,
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return a lifespan that does the work once before the first request, then again and again.

    What is expected to fail is logged and tried again soon; readiness tells whether the service can do without.

    Args:
        name: what logs call it.
        work: what is done.
        every_seconds: how long to wait after it was done.
        expected: errors that end an attempt and not the repetition.
        after: is waited for as well before the work is done again; none where the work has failed.
    """

    repetition = _Repetition(name, work, every_seconds, expected, after)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        await repetition.attempt()
        task = asyncio.create_task(repetition.go_on())
        task.add_done_callback(_report_bug)
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

    async def go_on(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds if self._working else RETRY_SECONDS)
            if self._working and self._after is not None:
                await self._after()
            await self.attempt()

    async def attempt(self) -> None:
        with under_an_id_of_its_own():
            try:
                await self._work()
            except self._expected as error:
                if self._working:
                    self._log_failure(error)
                self._working = False
            else:
                self._working = True

    def _log_failure(self, error: Exception) -> None:
        """Once an outage: it is tried again every second."""
        logger.warning(
            "periodic work failed",
            **{
                "event.action": "periodic-work",
                "event.outcome": "failure",
                "labels.work": self._name,
                "error.type": type(error).__name__,
                # The first line only: SQLAlchemy goes on with the statement.
                "error.message": str(error).partition("\n")[0],
            },
        )


def _report_bug(repetition: asyncio.Task[None]) -> None:
    if not repetition.cancelled():
        logger.error(
            "periodic work died",
            exc_info=repetition.exception(),
            **{"event.action": "unexpected-error", "event.outcome": "failure"},
        )
