"""Starts tournaments, for their organisers or when they are due."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from tournament.history import HistoryClient, Rating
from tournament.lifecycle import queries
from tournament.lifecycle.cancelling import cancel_locked_tournament
from tournament.lifecycle.postponing import may_have_missed_check_in, postpone_start
from tournament.lifecycle.starting import start_tournament
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import find_visible, lock_existing, lock_organised, may_organise
from tournament.tournaments.errors import NotOrganiser, TooFewPlayers
from tournament.tournaments.models import RUNNING, Tournament
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.periodic import DATABASE_ERRORS, ROW_ERRORS

START_INTERVAL_SECONDS: Final = 0.5
TOO_FEW_PRESENT: Final = "Fewer than two players were present at the start."

logger = structlog.get_logger("tournament.starter")


class TournamentStarter:
    """Starts tournaments. Ratings are read from history first, while no database connection is held."""

    def __init__(self, db: SQLAlchemyAsyncConfig, history: HistoryClient, clock: Clock) -> None:
        self._db = db
        self._history = history
        self._clock = clock
        self._failing: set[UUID] = set()
        self._skipped: set[UUID] = set()

    async def start_for_organiser(
        self, session: TimedSession, organiser: Player, tournament_id: UUID
    ) -> Tournament:
        """Start a tournament for its organiser; a running one stays unchanged.

        Raises:
            NoSuchTournament, NotOrganiser
            NotPossibleNow: it is still a draft, or over.
            TooFewPlayers: fewer than two players would play.
            PlayerGone: the organiser has been erased.
        """
        ratings = await self._ratings_for_organiser(tournament_id, organiser)
        await lock_against_erasure(session, ErasedPlayer, organiser.id)
        tournament = await lock_organised(session, tournament_id, organiser)
        if tournament.state != RUNNING:
            await start_tournament(session, tournament, organiser, ratings)
        return tournament

    async def start_due_tournaments(self) -> None:
        """Start all due tournaments; of several replicas, one starts each."""
        now = self._clock()
        async with session_at(self._db, now) as session:
            due = await queries.find_due_tournaments(session)
        for tournament_id in due:
            await self._start_or_log(tournament_id, now)

    async def _start_or_log(self, tournament_id: UUID, now: datetime) -> None:
        """Start one tournament; a failure must not stop the others."""
        try:
            await self._start_when_due(tournament_id, now)
        except Exception as error:
            if isinstance(error, DATABASE_ERRORS) and not isinstance(error, ROW_ERRORS):
                raise
            # Any other error concerns this tournament only.
            if tournament_id not in self._failing:
                _log_failure(tournament_id, error)
            self._failing.add(tournament_id)
        else:
            self._failing.discard(tournament_id)

    async def _start_when_due(self, tournament_id: UUID, now: datetime) -> None:
        ratings = await self._ratings_at_start(tournament_id)
        async with session_at(self._db, now) as session:
            tournament = await self._lock_or_skip(session, tournament_id)
            if tournament is None:
                return
            if may_have_missed_check_in(tournament, now):
                await postpone_start(session, tournament)
                return
            try:
                async with session.begin_nested():
                    await start_tournament(session, tournament, None, ratings)
            except TooFewPlayers:
                # Entries are shown as they were, because the savepoint has undone that they were dropped.
                tournament = await lock_existing(session, tournament_id)
                await cancel_locked_tournament(session, tournament, None, TOO_FEW_PRESENT)

    async def _lock_or_skip(self, session: TimedSession, tournament_id: UUID) -> Tournament | None:
        """Lock a due tournament, or skip it if another transaction holds it.

        The next time wait for it, as the scheduler does.
        """
        waiting = tournament_id in self._skipped
        tournament = await queries.lock_due_tournament(session, tournament_id, waiting=waiting)
        if tournament is None and not waiting:
            self._skipped.add(tournament_id)
        else:
            self._skipped.discard(tournament_id)
        return tournament

    async def _ratings_for_organiser(
        self, tournament_id: UUID, organiser: Player
    ) -> Mapping[UUID, Rating]:
        """Return ratings from history, for the organiser only, to spare history needless requests."""
        async with self._db.get_session() as session:
            tournament = await find_visible(session, tournament_id, organiser)
            if not may_organise(organiser, tournament):
                raise NotOrganiser
            players = await queries.find_starting_players(session, tournament)
        return await self._history.ratings_of(players)

    async def _ratings_at_start(self, tournament_id: UUID) -> Mapping[UUID, Rating]:
        async with self._db.get_session() as session:
            tournament = await find_visible(session, tournament_id, None)
            players = await queries.find_starting_players(session, tournament)
        return await self._history.ratings_of(players)


def _log_failure(tournament_id: UUID, error: Exception) -> None:
    """Log a tournament's first failure only; it is retried twice a second."""
    logger.error(
        "tournament cannot be started",
        exc_info=error,
        **{
            "event.action": "unexpected-error",
            "event.outcome": "failure",
            "labels.tournament_id": str(tournament_id),
        },
    )
