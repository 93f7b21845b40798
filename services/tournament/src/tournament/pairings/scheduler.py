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
from tournament.pairings.decisions import Decision, decide_ended_match, decide_expired_call
from tournament.pairings.events import log_pairing_called, log_pairing_decided
from tournament.pairings.metrics import SCHEDULER_FAILURES, SCHEDULER_PASS_SECONDS, TOURNAMENTS_DUE
from tournament.pairings.models import CALLED, OVER
from tournament.pairings.progress import advance_tournament, ready_deadline
from tournament.pairings.rows import PairingRow
from tournament.signals import player_channel
from tournament.tournaments.models import Tournament
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.periodic import DATABASE_ERRORS, ROW_ERRORS
from transcendence_common.signals import notify

PASS_INTERVAL_SECONDS: Final = 0.5
MOST_TOURNAMENTS_IN_A_PASS: Final = 50
"""Most tournaments advanced in one pass; the rest follow 0.5 s later."""
GRACE_TIME: Final = timedelta(seconds=30)
"""Grace time after an outage in which expired calls do not count: players could not report ready."""
OUTAGE_AFTER: Final = timedelta(seconds=10)
"""Time without a pass that counts as an outage: 20 missed passes are more than one slow pass."""

logger = structlog.get_logger("tournament.scheduler")


class TournamentScheduler:
    """Advances the tournaments in which a match has ended or a call has expired, in one pass after the other."""

    def __init__(
        self, db: SQLAlchemyAsyncConfig, clock: Clock, *, grace_time: timedelta = GRACE_TIME
    ) -> None:
        self._db = db
        self._clock = clock
        self._grace_time = grace_time
        self._last_pass_at: datetime | None = None
        self._running_since: datetime | None = None
        self._failing: set[UUID] = set()
        self._skipped: set[UUID] = set()

    async def advance_due_tournaments(self) -> None:
        """Make one pass: advance the tournaments with an ended match or an expired call, at most 50 of them."""
        now = self._clock()
        deadlines_until = self._deadlines_counted_until(now)
        with SCHEDULER_PASS_SECONDS.time():
            async with session_at(self._db, now) as session:
                due = await scheduler_queries.find_due_tournaments(
                    session, deadlines_until=deadlines_until, most=MOST_TOURNAMENTS_IN_A_PASS
                )
            TOURNAMENTS_DUE.set(len(due))
            for tournament_id in due:
                await self._advance_or_log(tournament_id, now, deadlines_until)
        self._last_pass_at = self._clock()

    def _deadlines_counted_until(self, now: datetime) -> datetime | None:
        """Return the time by which a deadline must have passed for its call to count as expired: now, or None.

        None during the grace time after a start of this process or an outage: no call expires while players
        reconnect.
        """
        if (
            self._running_since is None
            or self._last_pass_at is None
            or now - self._last_pass_at > OUTAGE_AFTER
        ):
            self._running_since = now
        return now if now - self._running_since >= self._grace_time else None

    async def _advance_or_log(
        self, tournament_id: UUID, now: datetime, deadlines_until: datetime | None
    ) -> None:
        """Advance one tournament; a failure must not stop the others."""
        try:
            async with session_at(self._db, now) as session:
                tournament = await self._lock_or_skip(session, tournament_id)
                if tournament is not None:
                    await _advance(session, tournament, deadlines_until)
        except Exception as error:
            if isinstance(error, DATABASE_ERRORS) and not isinstance(error, ROW_ERRORS):
                raise
            # Any other error concerns this tournament only.
            SCHEDULER_FAILURES.inc()
            if tournament_id not in self._failing:
                _log_failure(tournament_id, error)
            self._failing.add(tournament_id)
        else:
            self._failing.discard(tournament_id)

    async def _lock_or_skip(self, session: AsyncSession, tournament_id: UUID) -> Tournament | None:
        """Lock a tournament, or skip it if another transaction holds it; the next time, wait for the lock.

        Without waiting, players who keep acting in a tournament could stop it from advancing.
        """
        waiting = tournament_id in self._skipped
        tournament = await scheduler_queries.lock_running_tournament(
            session, tournament_id, waiting=waiting
        )
        if tournament is None and not waiting:
            self._skipped.add(tournament_id)
        else:
            self._skipped.discard(tournament_id)
        return tournament


async def _advance(
    session: TimedSession, tournament: Tournament, deadlines_until: datetime | None
) -> None:
    """Decide pairings whose match has ended or whose call has expired, and write what follows in the bracket.

    The caller holds the tournament's row. Everything is read under that lock, because another replica may have been
    faster. With `deadlines_until` None, no call expires.
    """
    decisions = [
        decide_ended_match(*each)
        for each in await scheduler_queries.find_ended_matches(session, tournament.id)
    ]
    postponed: list[PairingRow] = []
    if deadlines_until is not None:
        calls = await scheduler_queries.find_expired_calls(session, tournament.id, deadlines_until)
        held_up = await _calls_to_postpone(session, tournament, calls)
        postponed = [
            row._replace(deadline=ready_deadline(tournament, session.now)) for row in held_up
        ]
        decisions += [decide_expired_call(row) for row in calls if row not in held_up]
    await queries.store_pairings(session, tournament.id, postponed)
    if decisions:
        await _store_decisions(session, tournament, decisions)
    if decisions or postponed:
        await advance_tournament(session, tournament)


async def _calls_to_postpone(
    session: AsyncSession, tournament: Tournament, calls: list[PairingRow]
) -> list[PairingRow]:
    """Return the expired calls to postpone: a player cannot answer them while still playing in the same tournament.

    That player's opponent was disqualified during the match. The match still counts, so it may be finished.
    """
    if not calls:
        return []
    seated = await scheduler_queries.find_seated_seeds(session, tournament.id)
    return [
        row
        for row in calls
        if (row.one in seated and not row.one_ready)
        or (row.other in seated and not row.other_ready)
    ]


async def _store_decisions(
    session: TimedSession, tournament: Tournament, decisions: list[Decision]
) -> None:
    after = [_row_after(decision, tournament, session.now) for decision in decisions]
    await queries.store_pairings(session, tournament.id, after)
    if tournament.format == "swiss":
        absent = {seed for decision in decisions for seed in decision.absent}
        await queries.mark_withdrawn(session, tournament.id, absent)
    seeds = {seed for row in after for seed in (row.one, row.other)}
    people = await queries.find_entrants(session, tournament.id, seeds)
    players = {seed: each.player_id for seed, each in people.items() if each.player_id is not None}
    for row, decision in zip(after, decisions, strict=True):
        if row.state == OVER:
            log_pairing_decided(tournament, row, players, decision.row.match_id)
        else:
            log_pairing_called(tournament, row, players)
    await notify(session, map(player_channel, players.values()))


def _row_after(decision: Decision, tournament: Tournament, now: datetime) -> PairingRow:
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
        deadline=ready_deadline(tournament, now),
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
