"""Advances running tournaments: takes results of live matches and decides expired calls.

Every replica checks twice a second. Each tournament is advanced in its own transaction by the replica that locks its
row first; the others skip it. A replica that is killed in between leaves it unchanged.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.pairings import queries, scheduler_queries
from tournament.pairings.decisions import Decision, of_call, of_match
from tournament.pairings.events import log_called, log_decided
from tournament.pairings.metrics import OVERDUE, SCHEDULER, SCHEDULER_FAILED
from tournament.pairings.models import CALLED, OVER
from tournament.pairings.progress import deadline_of, progress
from tournament.pairings.rows import PairingRow
from tournament.signals import games_channel
from tournament.tournaments.models import Tournament
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.periodic import DATABASE_TROUBLE, ROWS_REFUSED
from transcendence_common.signals import notify

EVERY_SECONDS: Final = 0.5
MOST_AT_ONCE: Final = 50
"""Most tournaments advanced in one pass; the rest follow 0.5 s later."""
PATIENCE: Final = timedelta(seconds=30)
"""Grace time after an outage in which expired calls do not count: players could not report ready."""
AWAY: Final = timedelta(seconds=10)
"""Time without a pass that counts as an outage: 20 missed passes are more than one slow pass."""

logger = structlog.get_logger("tournament.scheduler")


class TournamentScheduler:
    """Advances due tournaments."""

    def __init__(
        self, db: SQLAlchemyAsyncConfig, clock: Clock, *, patience: timedelta = PATIENCE
    ) -> None:
        self._db = db
        self._clock = clock
        self._patience = patience
        self._looked_at: datetime | None = None
        self._awake_since: datetime | None = None
        self._failing: set[UUID] = set()
        self._passed_over: set[UUID] = set()

    async def look(self) -> None:
        """Advance the due tournaments, at most MOST_AT_ONCE."""
        now = self._clock()
        forfeited_until = self._forfeited_until(now)
        with SCHEDULER.time():
            async with session_at(self._db, now) as session:
                due = await scheduler_queries.due(
                    session, called_until=forfeited_until, most=MOST_AT_ONCE
                )
            OVERDUE.set(len(due))
            for tournament_id in due:
                await self._guarded(tournament_id, now, forfeited_until)
        self._looked_at = self._clock()

    def _forfeited_until(self, now: datetime) -> datetime | None:
        """Return the time up to which deadlines count; None shortly after an outage, while players reconnect."""
        if self._awake_since is None or self._looked_at is None or now - self._looked_at > AWAY:
            self._awake_since = now
        return now if now - self._awake_since >= self._patience else None

    async def _guarded(
        self, tournament_id: UUID, now: datetime, forfeited_until: datetime | None
    ) -> None:
        """Advance one tournament; a failure must not stop the others."""
        try:
            async with session_at(self._db, now) as session:
                tournament = await self._take(session, tournament_id)
                if tournament is not None:
                    await _bring_forward(session, tournament, forfeited_until)
        except Exception as error:
            if isinstance(error, DATABASE_TROUBLE) and not isinstance(error, ROWS_REFUSED):
                raise
            # Any other error concerns this tournament only.
            SCHEDULER_FAILED.inc()
            if tournament_id not in self._failing:
                _log_failure(tournament_id, error)
            self._failing.add(tournament_id)
        else:
            self._failing.discard(tournament_id)

    async def _take(self, session: AsyncSession, tournament_id: UUID) -> Tournament | None:
        """Lock a tournament, or skip it if another transaction holds it; the next time, wait for the lock.

        Without waiting, players who keep acting in a tournament could stop it from advancing.
        """
        waiting = tournament_id in self._passed_over
        tournament = await scheduler_queries.take(session, tournament_id, waiting=waiting)
        if tournament is None and not waiting:
            self._passed_over.add(tournament_id)
        else:
            self._passed_over.discard(tournament_id)
        return tournament


async def _bring_forward(
    session: TimedSession, tournament: Tournament, forfeited_until: datetime | None
) -> None:
    """Decide what is due. Everything is read after the row is locked, because another replica may have been faster."""
    decisions = [of_match(*each) for each in await scheduler_queries.ended(session, tournament.id)]
    postponed: list[PairingRow] = []
    if forfeited_until is not None:
        calls = await scheduler_queries.ran_out(session, tournament.id, forfeited_until)
        held_up = await _held_up(session, tournament, calls)
        postponed = [row._replace(deadline=deadline_of(tournament, session.now)) for row in held_up]
        decisions += [of_call(row) for row in calls if row not in held_up]
    await queries.store(session, tournament.id, postponed)
    if decisions:
        await _apply(session, tournament, decisions)
    if decisions or postponed:
        await progress(session, tournament)


async def _held_up(
    session: AsyncSession, tournament: Tournament, calls: list[PairingRow]
) -> list[PairingRow]:
    """Return calls that a player cannot answer because they still play in the same tournament.

    Their opponent there has been disqualified meanwhile. That match still counts, so they may finish it.
    """
    if not calls:
        return []
    seated = await scheduler_queries.still_seated(session, tournament.id)
    return [
        row
        for row in calls
        if (row.one in seated and not row.one_ready)
        or (row.other in seated and not row.other_ready)
    ]


async def _apply(session: TimedSession, tournament: Tournament, decisions: list[Decision]) -> None:
    after = [_after(decision, tournament, session.now) for decision in decisions]
    await queries.store(session, tournament.id, after)
    if tournament.format == "swiss":
        absent = {seed for decision in decisions for seed in decision.absent}
        await queries.withdraw(session, tournament.id, absent)
    seeds = {seed for row in after for seed in (row.one, row.other)}
    people = await queries.entrants_of(session, tournament.id, seeds)
    players = {seed: each.player_id for seed, each in people.items() if each.player_id is not None}
    for row, decision in zip(after, decisions, strict=True):
        if row.state == OVER:
            log_decided(tournament, row, players, decision.row.match_id)
        else:
            log_called(tournament, row, players)
    await notify(session, map(games_channel, players.values()))


def _after(decision: Decision, tournament: Tournament, now: datetime) -> PairingRow:
    row, outcome = decision.row, decision.outcome
    if outcome is not None:
        return row._replace(
            state=OVER,
            how=outcome.how,
            winner=outcome.winner,
            one_score=outcome.one_score,
            other_score=outcome.other_score,
            decided_at=now,
            match_id=row.match_id if decision.recorded else None,
        )
    return row._replace(
        state=CALLED,
        called_at=now,
        deadline=deadline_of(tournament, now),
        one_ready=False,
        other_ready=False,
        match_id=None,
        attempts=row.attempts + 1,
    )


def _log_failure(tournament_id: UUID, error: Exception) -> None:
    """Log a tournament's first failure only; it is retried twice a second."""
    logger.error(
        "tournament cannot be brought forward",
        exc_info=error,
        **{
            "event.action": "unexpected-error",
            "event.outcome": "failure",
            "labels.tournament_id": str(tournament_id),
        },
    )
