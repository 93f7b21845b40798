"""Rates a match in the transaction that stores it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
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


async def rate_match(
    session: AsyncSession, *, match_id: UUID, at: datetime, winner: RatedPlayer, loser: RatedPlayer
) -> Mapping[UUID, RatingChange]:
    """Update both ratings, each from the other's rating before the match, and return the changes by player.

    Parallel matches of one player wait for each other here, and each is counted.
    """
    rows = await _lock_rating_rows(session, at, winner, loser)
    before = {
        row.player_id: rating_after_idling(_rating_of(row), at - row.rated_at)
        for row in rows.values()
    }
    after = dict(
        zip(
            (winner.player_id, loser.player_id),
            ratings_after_match(before[winner.player_id], before[loser.player_id]),
            strict=True,
        )
    )
    for player_id, name in (winner, loser):
        _update_row(rows[player_id], after[player_id], name, at)
    changes = {
        player_id: _new_rating_change(
            match_id, rows[player_id], before[player_id], after[player_id], at
        )
        for player_id in rows
    }
    session.add_all(changes.values())
    await session.flush()
    _log_rated(match_id, changes[winner.player_id], changes[loser.player_id])
    return changes


async def _lock_rating_rows(
    session: AsyncSession, at: datetime, *contenders: RatedPlayer
) -> dict[UUID, PlayerRating]:
    """Return both rows, locked until the transaction ends, in the order of IDs to prevent deadlocks."""
    in_order = sorted(contenders)
    newcomers = [
        {
            "player_id": player_id,
            "name": name,
            "rating": NEWCOMER_RATING.rating,
            "deviation": NEWCOMER_RATING.deviation,
            "volatility": NEWCOMER_RATING.volatility,
            "rated_matches": 0,
            "rated_at": at,
        }
        for player_id, name in in_order
    ]
    await session.execute(insert(PlayerRating).values(newcomers).on_conflict_do_nothing())
    rows = await session.scalars(
        select(PlayerRating)
        .where(PlayerRating.player_id.in_([player_id for player_id, _ in in_order]))
        .order_by(PlayerRating.player_id)
        .with_for_update()
    )
    return {row.player_id: row for row in rows}


def _update_row(row: PlayerRating, rating: Rating, name: str, at: datetime) -> None:
    row.name = name
    row.rating, row.deviation, row.volatility = rating.rating, rating.deviation, rating.volatility
    row.rated_matches += 1
    # A match that was played earlier and arrives late does not move the time back.
    row.rated_at = max(row.rated_at, at)
    settled = settled_duration(rating)
    row.settled_until = None if settled is None else row.rated_at + settled


def _new_rating_change(
    match_id: UUID, row: PlayerRating, before: Rating, after: Rating, at: datetime
) -> RatingChange:
    return RatingChange(
        match_id=match_id,
        player_id=row.player_id,
        number=row.rated_matches,
        rating_before=before.rating,
        deviation_before=before.deviation,
        rating_after=after.rating,
        deviation_after=after.deviation,
        at=at,
    )


def _rating_of(row: PlayerRating) -> Rating:
    return Rating(row.rating, row.deviation, row.volatility)


def _log_rated(match_id: UUID, winner: RatingChange, loser: RatingChange) -> None:
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
