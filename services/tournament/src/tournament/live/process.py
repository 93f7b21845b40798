"""The periodic work of a process that runs live matches."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar

from tournament.activity import Activity
from tournament.live import queries
from tournament.live.match_host import MatchHost
from tournament.live.storing import MatchStore
from tournament.live.ticker import tick
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.periodic import repeating

TAKING_EVERY_SECONDS = 0.5
FORGOTTEN_EVERY_SECONDS = 10 * 60
KEPT_FOR = timedelta(days=1)
"""Retention of ended matches, for pages that are still open. History stores them permanently."""

logger = structlog.get_logger("tournament.live")


class NoLease(Exception):
    """This process has no valid lease and may run no match."""


@dataclass(frozen=True)
class LiveProcess:
    """Ticks, stores, takes and deletes live matches while the service runs."""

    db: SQLAlchemyAsyncConfig
    clock: Clock
    activity: Activity
    match_host: MatchHost
    match_store: MatchStore

    async def check_ready(self) -> None:
        """Raise NoLease if this process's lease has run out.

        That also happens after its ticks or its match store have died.
        """
        if monotonic() >= self.match_host.leased_until:
            raise NoLease

    def lifespans(self) -> list[Lifespan]:
        """Return the background tasks of the service."""
        return [
            repeating(
                "live-matches-taken",
                self.match_host.take_unowned,
                every_seconds=TAKING_EVERY_SECONDS,
                after=self.activity.wait,
            ),
            repeating(
                "ended-matches-forgotten", self._forget, every_seconds=FORGOTTEN_EVERY_SECONDS
            ),
            self._run,
        ]

    @asynccontextmanager
    async def _run(self, _: Litestar) -> AsyncGenerator[None, None]:
        ticking = _watched(tick(self.match_host.advance))
        keeping = _watched(self.match_store.keep())
        # Without ticks the lease must run out, so that other processes take the stopped matches.
        ticking.add_done_callback(lambda _: keeping.cancel())
        try:
            yield
        finally:
            ticking.cancel()
            keeping.cancel()
            await asyncio.wait({ticking, keeping})
            await self.match_store.stop()

    async def _forget(self) -> None:
        async with self.db.get_session() as session, session.begin():
            await queries.forget_ended(session, self.clock() - KEPT_FOR)
            await queries.forget_dead_replicas(session)


def _watched(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_report_bug)
    return task


def _report_bug(task: asyncio.Task[None]) -> None:
    """Log that ticks or storing died. The lease then runs out by itself, and readiness fails."""
    if not task.cancelled() and task.exception() is not None:
        logger.error(
            "live matches died",
            exc_info=task.exception(),
            **{"event.action": "unexpected-error", "event.outcome": "failure"},
        )
