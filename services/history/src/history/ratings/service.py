"""Rates a match in the transaction that stores it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast
from uuid import UUID

import structlog
from sqlalchemy import Table, bindparam, insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from history.ratings.glicko2 import (
    Rating,
    rating_after_idling,
    ratings_after_match,
    settled_duration,
)
from history.ratings.models import PlayerRating, RatingChange

NEWCOMER_RATING = Rating()

logger = structlog.get_logger("history.ratings")


class RatedPlayer(NamedTuple):
    """A player of a rated match, with their name at the time."""

    player_id: UUID
    name: str


class RatedChange(NamedTuple):
    """The effect of a match on a player's rating: a row of `rating_changes`."""

    match_id: UUID
    player_id: UUID
    number: int
    rating_before: float
    deviation_before: float
    rating_after: float
    deviation_after: float
    at: datetime


class _StoredRating(NamedTuple):
    player_id: UUID
    rating: float
    deviation: float
    volatility: float
    rated_matches: int
    rated_at: datetime


# An insert that meets an existing row changes nothing of it, but locks and returns it.
_LOCK_RATINGS: Final = text("""
    INSERT INTO ratings (player_id, name, rating, deviation, volatility, rated_matches, rated_at)
    SELECT given.player_id, given.name, :rating, :deviation, :volatility, 0, :at
    FROM unnest(CAST(:player_ids AS uuid[]), CAST(:names AS text[])) AS given (player_id, name)
    ORDER BY given.player_id
    ON CONFLICT (player_id) DO UPDATE SET rated_matches = ratings.rated_matches
    RETURNING player_id, rating, deviation, volatility, rated_matches, rated_at
""")
_RATINGS: Final = cast("Table", PlayerRating.__table__)
_UPDATE_RATING: Final = update(_RATINGS).where(_RATINGS.c.player_id == bindparam("player"))
_INSERT_CHANGES: Final = insert(cast("Table", RatingChange.__table__))


async def rate_match(
    session: AsyncSession, *, match_id: UUID, at: datetime, winner: RatedPlayer, loser: RatedPlayer
) -> Mapping[UUID, RatedChange]:
    """Update both ratings, each from the other's rating before the match, and return the changes by player.

    Parallel matches of one player wait for each other here, and each is counted.
    """
    stored = await _lock_ratings(session, at, winner, loser)
    before = {
        row.player_id: rating_after_idling(_rating_of(row), at - row.rated_at) for row in stored
    }
    after = dict(
        zip(
            (winner.player_id, loser.player_id),
            ratings_after_match(before[winner.player_id], before[loser.player_id]),
            strict=True,
        )
    )
    names = dict((winner, loser))
    await session.execute(
        _UPDATE_RATING,
        [_columns_after(row, after[row.player_id], names[row.player_id], at) for row in stored],
    )
    changes = {
        row.player_id: _rated_change(match_id, row, before[row.player_id], after[row.player_id], at)
        for row in stored
    }
    await session.execute(_INSERT_CHANGES, [change._asdict() for change in changes.values()])
    _log_rated(match_id, changes[winner.player_id], changes[loser.player_id])
    return changes


async def _lock_ratings(
    session: AsyncSession, at: datetime, *contenders: RatedPlayer
) -> Sequence[_StoredRating]:
    """Return both ratings, a newcomer's for a player without one. Both are locked until the transaction ends, in the
    order of IDs to prevent deadlocks."""
    rows = await session.execute(
        _LOCK_RATINGS,
        {
            "player_ids": [player_id for player_id, _ in contenders],
            "names": [name for _, name in contenders],
            "rating": NEWCOMER_RATING.rating,
            "deviation": NEWCOMER_RATING.deviation,
            "volatility": NEWCOMER_RATING.volatility,
            "at": at,
        },
    )
    return [_StoredRating(*row) for row in rows]


def _columns_after(
    row: _StoredRating, rating: Rating, name: str, at: datetime
) -> dict[str, object]:
    # A match that was played earlier and arrives late does not move the time back.
    rated_at = max(row.rated_at, at)
    settled = settled_duration(rating)
    return {
        "player": row.player_id,
        "name": name,
        "rating": rating.rating,
        "deviation": rating.deviation,
        "volatility": rating.volatility,
        "rated_matches": row.rated_matches + 1,
        "rated_at": rated_at,
        "settled_until": None if settled is None else rated_at + settled,
    }


def _rated_change(
    match_id: UUID, row: _StoredRating, before: Rating, after: Rating, at: datetime
) -> RatedChange:
    return RatedChange(
        match_id=match_id,
        player_id=row.player_id,
        number=row.rated_matches + 1,
        rating_before=before.rating,
        deviation_before=before.deviation,
        rating_after=after.rating,
        deviation_after=after.deviation,
        at=at,
    )


def _rating_of(row: _StoredRating) -> Rating:
    return Rating(row.rating, row.deviation, row.volatility)


def _log_rated(match_id: UUID, winner: RatedChange, loser: RatedChange) -> None:
    logger.info(
        "match rated",
        **{
            "event.action": "match-rated",
            "event.category": ["api"],
            "event.type": ["change"],
            "event.outcome": "success",
            "labels.match_id": str(match_id),
            "labels.winner_id": str(winner.player_id),
            "labels.loser_id": str(loser.player_id),
            "related.user": [str(winner.player_id), str(loser.player_id)],
            "transcendence.winner_rating": winner.rating_after,
            "transcendence.loser_rating": loser.rating_after,
            "transcendence.winner_gain": winner.rating_after - winner.rating_before,
            "transcendence.loser_gain": loser.rating_after - loser.rating_before,
        },
    )
