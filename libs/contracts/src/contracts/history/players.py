"""A player's statistics on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec


class Totals(msgspec.Struct, frozen=True):
    """What a set of matches adds up to."""

    played: int = 0
    won: int = 0
    lost: int = 0
    longest_rally: int = 0


class ModeTotals(Totals, frozen=True):
    """The same of one mode, and how many matches in a row were won: up to now, and at best."""

    win_streak: int = 0
    best_win_streak: int = 0


class PlayerStats(msgspec.Struct, frozen=True):
    """All that the reader may see, and the same by mode; a mode never played is not listed.

    A program passes over a mode that it does not know.
    """

    player_id: UUID
    total: Totals
    by_mode: dict[str, ModeTotals]


class Opponent(msgspec.Struct, frozen=True):
    """Another player, and what the one who was asked about has against them in online matches."""

    player_id: UUID
    name: str
    played: int
    won: int
    last_played_at: datetime


class Opponents(msgspec.Struct, frozen=True):
    """The opponents that a player has met most often."""

    items: list[Opponent]
