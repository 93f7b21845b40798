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
from tournament.live.ticker import run_ticks
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.periodic import periodic_lifespan

TAKING_INTERVAL_SECONDS = 0.5
DELETION_INTERVAL_SECONDS = 10 * 60
ENDED_MATCHES_KEPT_FOR = timedelta(days=1)
"""Retention of ended matches, for pages that are still open. History stores them permanently."""

logger = structlog.get_logger("tournament.live")


class LeaseExpired(Exception):
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
        """Raise LeaseExpired if this process's lease has run out.

        That also happens after its ticks or its match store have died.
        """
        if monotonic() >= self.match_host.leased_until:
            raise LeaseExpired

    def lifespans(self) -> list[Lifespan]:
        """Return the background tasks of the service."""
        return [
            periodic_lifespan(
                "live-matches-taken",
                self.match_host.take_unowned,
                every_seconds=TAKING_INTERVAL_SECONDS,
                after=self.activity.wait_until_active,
            ),
            periodic_lifespan(
                "ended-matches-forgotten",
                self._delete_old_rows,
                every_seconds=DELETION_INTERVAL_SECONDS,
            ),
            self._run_matches,
        ]

    @asynccontextmanager
    async def _run_matches(self, _: Litestar) -> AsyncGenerator[None, None]:
        ticking = _start_watched_task(
            run_ticks(self.match_host.advance_matches, self.match_host.has_matches)
        )
        keeping = _start_watched_task(self.match_store.store_until_stopped())
        # Without ticks the lease must run out, so that other processes take the stopped matches.
        ticking.add_done_callback(lambda _: keeping.cancel())
        try:
            yield
        finally:
            ticking.cancel()
            keeping.cancel()
            await asyncio.wait({ticking, keeping})
            await self.match_store.stop()

    async def _delete_old_rows(self) -> None:
        """Delete matches that ended long ago, and replicas that no longer run."""
        async with self.db.get_session() as session, session.begin():
            await queries.delete_ended_matches(session, self.clock() - ENDED_MATCHES_KEPT_FOR)
            await queries.delete_dead_replicas(session)


def _start_watched_task(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_log_unexpected_end)
    return task


def _log_unexpected_end(task: asyncio.Task[None]) -> None:
    """Log that ticks or storing died. The lease then runs out by itself, and readiness fails."""
    if not task.cancelled() and task.exception() is not None:
        logger.error(
            "live matches died",
            exc_info=task.exception(),
            **{"event.action": "unexpected-error", "event.outcome": "failure"},
        )
