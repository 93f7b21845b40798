"""Ratings on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

MOST_ASKED = 1_024
"""As many as a tournament may have players."""


class Standing(msgspec.Struct, frozen=True):
    """A player's rating now; `rank` is None while it is provisional. Who never played a rated match is a newcomer."""

    player_id: UUID
    rating: float
    deviation: float
    provisional: bool
    rated_matches: int
    rank: int | None


class Ranked(msgspec.Struct, frozen=True):
    """A line of the leaderboard."""

    rank: int
    player_id: UUID
    name: str
    rating: float
    deviation: float
    provisional: bool
    rated_matches: int


class Change(msgspec.Struct, frozen=True):
    """What one match did; `number` is the player's how-manieth rated match it was."""

    match_id: UUID
    number: int
    rating_before: float
    deviation_before: float
    rating_after: float
    deviation_after: float
    at: datetime


class RatingsAsked(msgspec.Struct, frozen=True):
    """The players of one tournament at most."""

    player_ids: Annotated[list[UUID], msgspec.Meta(max_length=MOST_ASKED)]


class Rated(msgspec.Struct, frozen=True):
    """How strong a player is now."""

    player_id: UUID
    rating: float
    deviation: float


class RatingsFound(msgspec.Struct, frozen=True):
    """Of those who have one; the others never played a rated match, or are gone."""

    items: list[Rated]
