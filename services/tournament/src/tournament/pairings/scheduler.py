"""Brings tournaments forward: takes results of live matches, calls that nobody answered, and starts that are due.

Every replica looks twice a second. Each tournament is taken in a transaction of its own, by whoever holds its row
first; the others pass it over. A replica that is killed in the middle leaves it as it was.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.pairings import queries, scheduler_queries
from tournament.pairings.events import note_called, note_decided
from tournament.pairings.metrics import OVERDUE, SCHEDULER, SCHEDULER_FAILED
from tournament.pairings.models import CALLED, OVER
from tournament.pairings.progress import deadline_of, progress
from tournament.pairings.rows import PairingRow
from tournament.pairings.verdicts import Verdict, of_call, of_match
from tournament.signals import games_channel
from tournament.tournaments.models import Tournament
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.periodic import DATABASE_TROUBLE, ROWS_REFUSED
from transcendence_common.signals import notify

EVERY_SECONDS: Final = 0.5
MOST_AT_ONCE: Final = 50
"""Tournaments in one look; the rest is half a second later."""
PATIENCE: Final = timedelta(seconds=30)
"""For who was called while the platform was away: nobody could say that they were ready, and nobody loses by that."""
AWAY: Final = timedelta(seconds=10)
"""Twenty looks that were missed are more than a slow one."""

logger = structlog.get_logger("tournament.scheduler")


class TournamentScheduler:
    """Looks at what has become due."""

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
        """Do what is due in as many tournaments as there is time for."""
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
        """Return which deadlines count by now; none of them before people had some time to find us again."""
        if self._awake_since is None or self._looked_at is None or now - self._looked_at > AWAY:
            self._awake_since = now
        return now if now - self._awake_since >= self._patience else None

    async def _guarded(
        self, tournament_id: UUID, now: datetime, forfeited_until: datetime | None
    ) -> None:
        """A fault of ours in one tournament must not stop all others."""
        try:
            async with session_at(self._db, now) as session:
                tournament = await self._take(session, tournament_id)
                if tournament is not None:
                    await _bring_forward(session, tournament, forfeited_until)
        except Exception as error:
            if isinstance(error, DATABASE_TROUBLE) and not isinstance(error, ROWS_REFUSED):
                raise
            # Whatever else it is, it is this tournament's.
            SCHEDULER_FAILED.inc()
            if tournament_id not in self._failing:
                _log_failure(tournament_id, error)
            self._failing.add(tournament_id)
        else:
            self._failing.discard(tournament_id)

    async def _take(self, session: AsyncSession, tournament_id: UUID) -> Tournament | None:
        """Pass over what another holds, who may do what is to be done; the next time, wait in line.

        Else people who always do something in a tournament could keep it from going on.
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
    """Another may have done it before the row was held: everything is read after that."""
    verdicts = [of_match(*each) for each in await scheduler_queries.ended(session, tournament.id)]
    postponed: list[PairingRow] = []
    if forfeited_until is not None:
        calls = await scheduler_queries.ran_out(session, tournament.id, forfeited_until)
        held_up = await _held_up(session, tournament, calls)
        postponed = [row._replace(deadline=deadline_of(tournament, session.now)) for row in held_up]
        verdicts += [of_call(row) for row in calls if row not in held_up]
    await queries.store(session, tournament.id, postponed)
    if verdicts:
        await _apply(session, tournament, verdicts)
    if verdicts or postponed:
        await progress(session, tournament)


async def _held_up(
    session: AsyncSession, tournament: Tournament, calls: list[PairingRow]
) -> list[PairingRow]:
    """Return calls that somebody cannot answer because the tournament itself keeps them.

    They play somebody who has been disqualified meanwhile. That match counts as a match, so they may end it.
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


async def _apply(session: TimedSession, tournament: Tournament, verdicts: list[Verdict]) -> None:
    after = [_after(verdict, tournament, session.now) for verdict in verdicts]
    await queries.store(session, tournament.id, after)
    if tournament.format == "swiss":
        absent = {seed for verdict in verdicts for seed in verdict.absent}
        await queries.withdraw(session, tournament.id, absent)
    seeds = {seed for row in after for seed in (row.one, row.other)}
    people = await queries.entrants_of(session, tournament.id, seeds)
    players = {seed: each.player_id for seed, each in people.items() if each.player_id is not None}
    for row, verdict in zip(after, verdicts, strict=True):
        if row.state == OVER:
            note_decided(tournament, row, players, verdict.row.match_id)
        else:
            note_called(tournament, row, players)
    await notify(session, map(games_channel, players.values()))


def _after(verdict: Verdict, tournament: Tournament, now: datetime) -> PairingRow:
    row, outcome = verdict.row, verdict.outcome
    if outcome is not None:
        return row._replace(
            state=OVER,
            how=outcome.how,
            winner=outcome.winner,
            one_score=outcome.one_score,
            other_score=outcome.other_score,
            decided_at=now,
            match_id=row.match_id if verdict.recorded else None,
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
    """Once, until it goes well again: it is tried twice a second."""
    logger.error(
        "tournament cannot be brought forward",
        exc_info=error,
        **{
            "event.action": "unexpected-error",
            "event.outcome": "failure",
            "labels.tournament_id": str(tournament_id),
        },
    )
