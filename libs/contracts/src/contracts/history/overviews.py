"""A player's overview on the wire: everything of history that a profile shows, in one answer."""

import msgspec

from contracts.history.matches import MatchRecord
from contracts.history.players import Opponent, PlayerStats
from contracts.history.ratings import CurrentStanding, RatingChangeDetails


class PlayerOverview(msgspec.Struct, frozen=True, kw_only=True):
    """The statistics, rating, opponents and latest matches of a player."""

    stats: PlayerStats
    rating: CurrentStanding
    rating_changes: list[RatingChangeDetails]
    """The latest changes, newest first."""
    opponents: list[Opponent]
    """The most frequent opponents in online matches."""
    recent_matches: list[MatchRecord]
    """The latest matches of the public modes, newest first; empty for readers who are not signed in."""
