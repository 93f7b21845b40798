"""Starts tournaments, for their organisers or when they are due."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from tournament.history import History, Rating
from tournament.lifecycle import queries
from tournament.lifecycle.cancelling import call_it_off
from tournament.lifecycle.postponing import check_in_missed, postpone
from tournament.lifecycle.starting import start_tournament
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import held, organised, organises, visible
from tournament.tournaments.errors import NotOrganiser, TooFew
from tournament.tournaments.models import RUNNING, Tournament
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player
from transcendence_common.periodic import DATABASE_TROUBLE, ROWS_REFUSED

EVERY_SECONDS: Final = 0.5
NOBODY_CAME: Final = "Fewer than two players were present at the start."

logger = structlog.get_logger("tournament.starter")


class Starter:
    """Starts tournaments. Ratings are read from history first, while no database connection is held."""

    def __init__(self, db: SQLAlchemyAsyncConfig, history: History, clock: Clock) -> None:
        self._db = db
        self._history = history
        self._clock = clock
        self._failing: set[UUID] = set()
        self._passed_over: set[UUID] = set()

    async def by_hand(
        self, session: TimedSession, organiser: Player, tournament_id: UUID
    ) -> Tournament:
        """Start a tournament for its organiser; a running one stays unchanged.

        Raises:
            NoSuchTournament, NotOrganiser
            NotNow: it is still a draft, or over.
            TooFew: fewer than two players would play.
            PlayerGone: the organiser has been erased.
        """
        ratings = await self._ratings_for(tournament_id, organiser)
        await hold_player(session, ErasedPlayer, organiser.id)
        tournament = await organised(session, tournament_id, organiser)
        if tournament.state != RUNNING:
            await start_tournament(session, tournament, organiser, ratings)
        return tournament

    async def start_due(self) -> None:
        """Start all due tournaments; of several replicas, one starts each."""
        now = self._clock()
        async with session_at(self._db, now) as session:
            due = await queries.due(session)
        for tournament_id in due:
            await self._guarded(tournament_id, now)

    async def _guarded(self, tournament_id: UUID, now: datetime) -> None:
        """Start one tournament; a failure must not stop the others."""
        try:
            await self._by_the_clock(tournament_id, now)
        except Exception as error:
            if isinstance(error, DATABASE_TROUBLE) and not isinstance(error, ROWS_REFUSED):
                raise
            # Any other error concerns this tournament only.
            if tournament_id not in self._failing:
                _log_failure(tournament_id, error)
            self._failing.add(tournament_id)
        else:
            self._failing.discard(tournament_id)

    async def _by_the_clock(self, tournament_id: UUID, now: datetime) -> None:
        ratings = await self._ratings_at(tournament_id)
        async with session_at(self._db, now) as session:
            tournament = await self._take(session, tournament_id)
            if tournament is None:
                return
            if check_in_missed(tournament, now):
                await postpone(session, tournament)
                return
            try:
                async with session.begin_nested():
                    await start_tournament(session, tournament, None, ratings)
            except TooFew:
                # Entries are shown as they were, because the savepoint has undone that they were dropped.
                tournament = await held(session, tournament_id)
                await call_it_off(session, tournament, None, NOBODY_CAME)

    async def _take(self, session: TimedSession, tournament_id: UUID) -> Tournament | None:
        """Lock a due tournament, or skip it if another transaction holds it.

        The next time wait for it, as the scheduler does.
        """
        waiting = tournament_id in self._passed_over
        tournament = await queries.hold_due(session, tournament_id, waiting=waiting)
        if tournament is None and not waiting:
            self._passed_over.add(tournament_id)
        else:
            self._passed_over.discard(tournament_id)
        return tournament

    async def _ratings_for(self, tournament_id: UUID, organiser: Player) -> Mapping[UUID, Rating]:
        """Return ratings from history, for the organiser only, to spare history needless requests."""
        async with self._db.get_session() as session:
            tournament = await visible(session, tournament_id, organiser)
            if not organises(organiser, tournament):
                raise NotOrganiser
            players = await queries.about_to_play(session, tournament)
        return await self._history.ratings_of(players)

    async def _ratings_at(self, tournament_id: UUID) -> Mapping[UUID, Rating]:
        async with self._db.get_session() as session:
            tournament = await visible(session, tournament_id, None)
            players = await queries.about_to_play(session, tournament)
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
