"""Ratings on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

MOST_PLAYERS_ASKED = 1_024
"""Most players in a request, as many as a tournament may have."""


class CurrentStanding(msgspec.Struct, frozen=True):
    """A player's current rating; `rank` is None while it is provisional. Without a rated match it is a newcomer's."""

    player_id: UUID
    rating: float
    deviation: float
    provisional: bool
    rated_matches: int
    rank: int | None


class LeaderboardLine(msgspec.Struct, frozen=True):
    """A line of the leaderboard."""

    rank: int
    player_id: UUID
    name: str
    rating: float
    deviation: float
    provisional: bool
    rated_matches: int


class RatingChangeDetails(msgspec.Struct, frozen=True):
    """The change of a rating by one match; `number` counts the player's rated matches from 1."""

    match_id: UUID
    number: int
    rating_before: float
    deviation_before: float
    rating_after: float
    deviation_after: float
    at: datetime


class RatingsRequest(msgspec.Struct, frozen=True):
    """A request for ratings, with at most the players of one tournament."""

    player_ids: Annotated[list[UUID], msgspec.Meta(max_length=MOST_PLAYERS_ASKED)]


class CurrentRating(msgspec.Struct, frozen=True):
    """A player's current rating."""

    player_id: UUID
    rating: float
    deviation: float


class RatingsResponse(msgspec.Struct, frozen=True):
    """The ratings of those players who have one; the others never played a rated match, or were erased."""

    items: list[CurrentRating]
