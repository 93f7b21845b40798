"""Queries on ratings, which are visible to everyone.

The leaderboard is sorted by the rating alone, and leaves out provisional players. This way of treating uncertain
ratings can be checked by a reader. The alternative, rating less two deviations, ranks by a number that is not shown,
and lets players climb by playing much weaker ones.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from contracts.history.ratings import (
    CurrentRating,
    CurrentStanding,
    LeaderboardLine,
    RatingChangeDetails,
)
from contracts.pages import Page
from history.ratings.glicko2 import MAX_RATING, Rating, rating_after_idling
from history.ratings.rounding import round_for_display
from history.ratings.service import NEWCOMER_RATING
from transcendence_common.pagination import decode_cursor, encode_cursor
from transcendence_common.reads import Reads, Row, fetch_one

HIGHEST_CHANGE_NUMBER = 2**31 - 1


class LeaderboardCursor(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page of the leaderboard: its sort key and its rank."""

    rating: Annotated[float, msgspec.Meta(ge=0, le=MAX_RATING + 1)]
    player_id: UUID
    rank: Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_CHANGE_NUMBER)]


class RatingChangeCursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last change of a page."""

    number: Annotated[int, msgspec.Meta(ge=1, le=HIGHEST_CHANGE_NUMBER)]


ABOVE_LEADERBOARD = LeaderboardCursor(MAX_RATING + 1, UUID(int=0), 0)
BEFORE_ALL_CHANGES = RatingChangeCursor(HIGHEST_CHANGE_NUMBER)

# `<=` comes first, because the index is searched with it.
_LEADERBOARD = """
    SELECT player_id, name, rating, deviation, volatility, rated_at, rated_matches
    FROM ratings
    WHERE settled_until > $1 AND rating <= $2 AND (rating < $2 OR player_id > $3)
    ORDER BY rating DESC, player_id
    LIMIT $4
"""

_STANDING = """
    SELECT rating, deviation, volatility, rated_at, rated_matches, coalesce(settled_until > $2, false),
        CASE WHEN settled_until > $2 THEN (
            SELECT count(*) + 1
            FROM ratings better
            WHERE better.settled_until > $2 AND better.rating >= own.rating
                AND (better.rating > own.rating OR better.player_id < own.player_id)
        ) END
    FROM ratings own
    WHERE player_id = $1
"""

_RATINGS = """
    SELECT player_id, rating, deviation, volatility, rated_at
    FROM ratings
    WHERE player_id = ANY($1::uuid[])
    ORDER BY player_id
"""

_CHANGES = """
    SELECT match_id, number, rating_before, deviation_before, rating_after, deviation_after, at
    FROM rating_changes
    WHERE player_id = $1 AND number < $2
    ORDER BY number DESC
    LIMIT $3
"""


async def read_standing(reads: Reads, player_id: UUID, now: datetime) -> CurrentStanding:
    """Return a player's rating; a newcomer's for a player without one, because history does not store accounts."""
    row = await fetch_one(reads, _STANDING, player_id, now)
    if row is None:
        return _to_standing(player_id, NEWCOMER_RATING, settled=False, rated_matches=0, rank=None)
    rating, deviation, volatility, rated_at, rated_matches, settled, rank = row
    current = rating_after_idling(Rating(rating, deviation, volatility), now - rated_at)
    return _to_standing(player_id, current, settled=settled, rated_matches=rated_matches, rank=rank)


async def read_ratings(
    reads: Reads, player_ids: Sequence[UUID], now: datetime
) -> list[CurrentRating]:
    """Return the ratings of those players who have one, in the order of their IDs."""
    rows = await reads.fetch(_RATINGS, player_ids)
    return [_to_current_rating(row, now) for row in rows]


async def page_of_leaderboard(
    reads: Reads, now: datetime, *, cursor: str | None, limit: int
) -> Page[LeaderboardLine]:
    """Return a page of the players whose rating is settled, best first.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    after = ABOVE_LEADERBOARD if cursor is None else decode_cursor(cursor, LeaderboardCursor)
    rows = await reads.fetch(_LEADERBOARD, now, after.rating, after.player_id, limit + 1)
    items = [
        _to_leaderboard_line(row, rank, now)
        for rank, row in enumerate(rows[:limit], start=after.rank + 1)
    ]
    if len(rows) <= limit:
        return Page(items, None)
    last_id, _, last_rating, *_ = rows[limit - 1]
    return Page(items, encode_cursor(LeaderboardCursor(last_rating, last_id, items[-1].rank)))


async def page_of_rating_changes(
    reads: Reads, player_id: UUID, *, cursor: str | None, limit: int
) -> Page[RatingChangeDetails]:
    """Return a page of the changes of a player's rating, newest first.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    after = BEFORE_ALL_CHANGES if cursor is None else decode_cursor(cursor, RatingChangeCursor)
    changes = await read_rating_changes(reads, player_id, after=after, limit=limit + 1)
    items = changes[:limit]
    more = len(changes) > limit
    return Page(items, encode_cursor(RatingChangeCursor(items[-1].number)) if more else None)


async def read_rating_changes(
    reads: Reads, player_id: UUID, *, after: RatingChangeCursor, limit: int
) -> list[RatingChangeDetails]:
    """Return changes of a player's rating before a position, newest first."""
    rows = await reads.fetch(_CHANGES, player_id, after.number, limit)
    return [_to_change_details(row) for row in rows]


def _to_standing(
    player_id: UUID, rating: Rating, *, settled: bool, rated_matches: int, rank: int | None
) -> CurrentStanding:
    return CurrentStanding(
        player_id=player_id,
        rating=round_for_display(rating.rating),
        deviation=round_for_display(rating.deviation),
        provisional=not settled,
        rated_matches=rated_matches,
        rank=rank,
    )


def _to_current_rating(row: Row, now: datetime) -> CurrentRating:
    player_id, rating, deviation, volatility, rated_at = row
    current = rating_after_idling(Rating(rating, deviation, volatility), now - rated_at)
    return CurrentRating(
        player_id, round_for_display(current.rating), round_for_display(current.deviation)
    )


def _to_leaderboard_line(row: Row, rank: int, now: datetime) -> LeaderboardLine:
    player_id, name, rating, deviation, volatility, rated_at, rated_matches = row
    current = rating_after_idling(Rating(rating, deviation, volatility), now - rated_at)
    return LeaderboardLine(
        rank=rank,
        player_id=player_id,
        name=name,
        rating=round_for_display(current.rating),
        deviation=round_for_display(current.deviation),
        provisional=False,
        rated_matches=rated_matches,
    )


def _to_change_details(row: Row) -> RatingChangeDetails:
    match_id, number, rating_before, deviation_before, rating_after, deviation_after, at = row
    return RatingChangeDetails(
        match_id=match_id,
        number=number,
        rating_before=round_for_display(rating_before),
        deviation_before=round_for_display(deviation_before),
        rating_after=round_for_display(rating_after),
        deviation_after=round_for_display(deviation_after),
        at=at,
    )
