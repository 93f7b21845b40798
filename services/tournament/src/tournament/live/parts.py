"""What live matches are made of in one process, and what goes on while it runs."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from litestar.di import Provide

from tournament.activity import Activity
from tournament.history import History
from tournament.live import queries, results
from tournament.live.arena import Arena
from tournament.live.storing import Journal
from tournament.live.ticker import tick
from tournament.settings import TournamentSettings
from transcendence_common.app import Lifespan
from transcendence_common.clock import Clock
from transcendence_common.outbox import Route
from transcendence_common.periodic import repeating

TAKING_EVERY_SECONDS = 0.5
FORGOTTEN_EVERY_SECONDS = 10 * 60
KEPT_FOR = timedelta(days=1)
"""Of matches that have ended: for pages that are still open. History has them for good."""

logger = structlog.get_logger("tournament.live")


class NoLease(Exception):
    """This process may run no match."""


@dataclass(frozen=True, kw_only=True)
class LiveParts:
    """Each is made once."""

    db: SQLAlchemyAsyncConfig
    clock: Clock
    activity: Activity
    arena: Arena
    journal: Journal
    history: History

    def dependencies(self) -> dict[str, Provide]:
        """Return what handlers may ask for."""
        return {"arena": Provide(lambda: self.arena, sync_to_thread=False)}

    def outbox_routes(self) -> Mapping[str, Route]:
        """Return where results go. None is ever given up."""
        return {results.TOPIC: Route(self.history.deliver)}

    async def check_ready(self) -> None:
        """Raise while nothing is played here: without a lease, as where ticks or journal have died, matches stand."""
        if monotonic() >= self.arena.leased_until:
            raise NoLease

    def lifespans(self) -> list[Lifespan]:
        """Return what goes on while the service runs."""
        return [
            repeating(
                "live-matches-taken",
                self.arena.take_what_nobody_runs,
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
        ticking = _watched(tick(self.arena.advance))
        keeping = _watched(self.journal.keep())
        # Without ticks the lease must run out: matches that stand still here go on elsewhere.
        ticking.add_done_callback(lambda _: keeping.cancel())
        try:
            yield
        finally:
            ticking.cancel()
            keeping.cancel()
            await asyncio.wait({ticking, keeping})
            await self.journal.stop()

    async def _forget(self) -> None:
        async with self.db.get_session() as session, session.begin():
            await queries.forget_ended(session, self.clock() - KEPT_FOR)
            await queries.forget_dead_replicas(session)


def live_of(
    db: SQLAlchemyAsyncConfig,
    settings: TournamentSettings,
    history: History,
    clock: Clock,
    activity: Activity,
) -> LiveParts:
    """Put the parts together."""
    arena = Arena(db, clock)
    return LiveParts(
        db=db,
        clock=clock,
        activity=activity,
        arena=arena,
        journal=Journal(
            db,
            arena,
            clock,
            activity,
            neighbour_url=settings.auth_url,
            port=settings.tournament_port,
        ),
        history=history,
    )


def _watched(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_report_bug)
    return task


def _report_bug(task: asyncio.Task[None]) -> None:
    """Without its ticks or its journal the process must be seen to be broken; its lease runs out by itself."""
    if not task.cancelled() and task.exception() is not None:
        logger.error(
            "live matches died",
            exc_info=task.exception(),
            **{"event.action": "unexpected-error", "event.outcome": "failure"},
        )
