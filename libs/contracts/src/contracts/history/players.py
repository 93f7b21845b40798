"""Statistics of a player on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec


class Totals(msgspec.Struct, frozen=True):
    """The totals of a set of matches."""

    played: int = 0
    won: int = 0
    lost: int = 0
    longest_rally: int = 0


class ModeTotals(Totals, frozen=True):
    """The totals of one mode, with the current and the best winning streak."""

    win_streak: int = 0
    best_win_streak: int = 0


class PlayerStats(msgspec.Struct, frozen=True):
    """The statistics that the reader may see, in total and by mode; a mode never played is missing.

    A program ignores a mode that it does not know.
    """

    player_id: UUID
    total: Totals
    by_mode: dict[str, ModeTotals]


class Opponent(msgspec.Struct, frozen=True):
    """An opponent in online matches; `won` counts the matches that the requested player won against them."""

    player_id: UUID
    name: str
    played: int
    won: int
    last_played_at: datetime


class Opponents(msgspec.Struct, frozen=True):
    """The most frequent opponents of a player."""

    items: list[Opponent]
