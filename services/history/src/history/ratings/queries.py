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

from contracts.history.ratings import Change, Ranked, Rated, Standing
from contracts.pages import Page
from history.ratings.glicko2 import MAX_RATING, Rating, after_idling
from history.ratings.rounding import shown
from history.ratings.service import NEWCOMER
from history.reads import Reads, Row, fetch_one
from transcendence_common.pagination import decode_cursor, encode_cursor

MOST_MATCHES = 2**31 - 1


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page of the leaderboard: its sort key and its rank."""

    rating: Annotated[float, msgspec.Meta(ge=0, le=MAX_RATING + 1)]
    player_id: UUID
    rank: Annotated[int, msgspec.Meta(ge=0, le=MOST_MATCHES)]


class Number(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last change of a page."""

    number: Annotated[int, msgspec.Meta(ge=1, le=MOST_MATCHES)]


TOP = Place(MAX_RATING + 1, UUID(int=0), 0)
NEWEST = Number(MOST_MATCHES)

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


async def standing_of(reads: Reads, player_id: UUID, now: datetime) -> Standing:
    """Return a player's rating; a newcomer's for a player without one, because history does not store accounts."""
    row = await fetch_one(reads, _STANDING, player_id, now)
    if row is None:
        return _standing(player_id, NEWCOMER, settled=False, rated_matches=0, rank=None)
    rating, deviation, volatility, rated_at, rated_matches, settled, rank = row
    current = after_idling(Rating(rating, deviation, volatility), now - rated_at)
    return _standing(player_id, current, settled=settled, rated_matches=rated_matches, rank=rank)


async def ratings_of(reads: Reads, player_ids: Sequence[UUID], now: datetime) -> list[Rated]:
    """Return the ratings of those players who have one, in the order of their IDs."""
    rows = await reads.fetch(_RATINGS, player_ids)
    return [_rated(row, now) for row in rows]


async def leaderboard(
    reads: Reads, now: datetime, *, cursor: str | None, limit: int
) -> Page[Ranked]:
    """Return a page of the players whose rating is settled, best first.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    after = TOP if cursor is None else decode_cursor(cursor, Place)
    rows = await reads.fetch(_LEADERBOARD, now, after.rating, after.player_id, limit + 1)
    items = [_ranked(row, rank, now) for rank, row in enumerate(rows[:limit], start=after.rank + 1)]
    if len(rows) <= limit:
        return Page(items, None)
    last_id, _, last_rating, *_ = rows[limit - 1]
    return Page(items, encode_cursor(Place(last_rating, last_id, items[-1].rank)))


async def changes_of(
    reads: Reads, player_id: UUID, *, cursor: str | None, limit: int
) -> Page[Change]:
    """Return a page of the changes of a player's rating, newest first.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    after = NEWEST if cursor is None else decode_cursor(cursor, Number)
    changes = await read_changes(reads, player_id, after=after, limit=limit + 1)
    items = changes[:limit]
    more = len(changes) > limit
    return Page(items, encode_cursor(Number(items[-1].number)) if more else None)


async def read_changes(reads: Reads, player_id: UUID, *, after: Number, limit: int) -> list[Change]:
    """Return changes of a player's rating before a position, newest first."""
    rows = await reads.fetch(_CHANGES, player_id, after.number, limit)
    return [_change(row) for row in rows]


def _standing(
    player_id: UUID, rating: Rating, *, settled: bool, rated_matches: int, rank: int | None
) -> Standing:
    return Standing(
        player_id=player_id,
        rating=shown(rating.rating),
        deviation=shown(rating.deviation),
        provisional=not settled,
        rated_matches=rated_matches,
        rank=rank,
    )


def _rated(row: Row, now: datetime) -> Rated:
    player_id, rating, deviation, volatility, rated_at = row
    current = after_idling(Rating(rating, deviation, volatility), now - rated_at)
    return Rated(player_id, shown(current.rating), shown(current.deviation))


def _ranked(row: Row, rank: int, now: datetime) -> Ranked:
    player_id, name, rating, deviation, volatility, rated_at, rated_matches = row
    current = after_idling(Rating(rating, deviation, volatility), now - rated_at)
    return Ranked(
        rank=rank,
        player_id=player_id,
        name=name,
        rating=shown(current.rating),
        deviation=shown(current.deviation),
        provisional=False,
        rated_matches=rated_matches,
    )


def _change(row: Row) -> Change:
    match_id, number, rating_before, deviation_before, rating_after, deviation_after, at = row
    return Change(
        match_id=match_id,
        number=number,
        rating_before=shown(rating_before),
        deviation_before=shown(deviation_before),
        rating_after=shown(rating_after),
        deviation_after=shown(deviation_after),
        at=at,
    )
