"""Pairs waiting players: every second at every replica, and at once after a player joins.

One replica at a time pairs; the others find the lock taken and skip. The lock only saves work: the rows of the queue
ensure that no player is paired twice. Each pair takes both rows in its own transaction, and a missing row means that
the player left or was paired. One transaction for all pairs would lock places and seats in no order, and could deadlock
with players who accept invitations meanwhile.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text

from contracts.tournament.problems import TournamentCode
from tournament.live.creation import Contender, create_match
from tournament.live.errors import AlreadyPlaying
from tournament.matchmaking import queue_queries as queries
from tournament.matchmaking.matching import WaitingPlayer, pair_players
from tournament.matchmaking.metrics import PAIRS_MADE, QUEUE_WAITED_SECONDS
from tournament.matchmaking.models import QueueEntry
from tournament.players.relationships import blocked_pairs
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.erased_players import PlayerGone
from transcendence_common.periodic import DATABASE_ERRORS

MOST_PLAYERS_AT_ONCE = 500
"""Most players in a round, the longest waiting first. Each is compared with each: at most 50 ms of work."""
TRY_LOCK_STATEMENT = text("SELECT pg_try_advisory_xact_lock(hashtextextended('matchmaking', 0))")

logger = structlog.get_logger("tournament.matchmaker")


class _QueuePlaceGone(Exception):
    """One of the two players has left the queue, or wants another match now."""

    code = TournamentCode.PLACE_GONE


class Matchmaker:
    """Creates matches from places in the queue."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def pair_after_join(self) -> None:
        """Pair at once after a join. A failure is ignored, because the next second pairs again."""
        with suppress(*DATABASE_ERRORS):
            await self.pair_waiting_players()

    async def pair_waiting_players(self) -> None:
        """Pair all waiting players who have a suitable opponent."""
        now = self._clock()
        async with session_at(self._db, now) as session:
            if not await session.scalar(TRY_LOCK_STATEMENT):
                return
            entries = await queries.find_longest_waiting(session, most=MOST_PLAYERS_AT_ONCE)
            if len(entries) < 2:  # noqa: PLR2004 - two are a pair
                return
            by_player = {entry.player_id: entry for entry in entries}
            forbidden = await blocked_pairs(session, list(by_player))
            for one, other in pair_players(
                [_to_waiting_player(each, now) for each in entries], forbidden
            ):
                await self._create_match_of_two(
                    by_player[one.player_id], by_player[other.player_id], now
                )

    async def _create_match_of_two(self, one: QueueEntry, other: QueueEntry, now: datetime) -> None:
        """Create a match of two, unless one has left, plays or is erased; the other then waits for the next round."""
        try:
            async with session_at(self._db, now) as session:
                match_id = await _take_places_and_create_match(session, (one, other))
        except (_QueuePlaceGone, AlreadyPlaying, PlayerGone) as reason:
            _log_unpaired((one, other), reason)
        else:
            _log_paired((one, other), match_id, now)


async def _take_places_and_create_match(
    session: TimedSession, pair: tuple[QueueEntry, QueueEntry]
) -> UUID:
    one, other = pair
    if not await queries.take_unchanged_places(
        session, [(each.player_id, each.joined_at) for each in pair]
    ):
        raise _QueuePlaceGone
    return await create_match(
        session,
        (Contender(one.player_id, one.name), Contender(other.player_id, other.name)),
        origin="queue",
        points=one.points,
        rated=one.rated,
    )


def _to_waiting_player(entry: QueueEntry, now: datetime) -> WaitingPlayer:
    return WaitingPlayer(
        player_id=entry.player_id,
        points=entry.points,
        rated=entry.rated,
        rating=entry.rating,
        deviation=entry.deviation,
        waited=_seconds_waited(entry, now),
    )


def _seconds_waited(entry: QueueEntry, now: datetime) -> float:
    return (now - entry.joined_at).total_seconds()


def _log_paired(pair: tuple[QueueEntry, QueueEntry], match_id: UUID, now: datetime) -> None:
    PAIRS_MADE.inc()
    for each in pair:
        QUEUE_WAITED_SECONDS.observe(max(_seconds_waited(each, now), 0))
    logger.info(
        "players paired",
        **{
            "event.action": "players-paired",
            "event.category": ["process"],
            "event.type": ["info"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "related.user": _player_ids(pair),
            "transcendence.distance": round(abs(pair[0].rating - pair[1].rating)),
        },
    )


def _log_unpaired(
    pair: tuple[QueueEntry, QueueEntry], reason: _QueuePlaceGone | AlreadyPlaying | PlayerGone
) -> None:
    logger.info(
        "players not paired",
        **{
            "event.action": "players-paired",
            "event.category": ["process"],
            "event.type": ["info"],
            "event.outcome": "failure",
            "event.reason": reason.code,
            "related.user": _player_ids(pair),
        },
    )


def _player_ids(pair: Sequence[QueueEntry]) -> list[str]:
    return [str(each.player_id) for each in pair]
