"""A player's statistics on the wire."""

from uuid import UUID

import msgspec

from history.tickets.schemas import Mode


class Totals(msgspec.Struct, frozen=True):
    """What a set of matches adds up to."""

    played: int = 0
    won: int = 0
    lost: int = 0
    longest_rally: int = 0


class PlayerStats(msgspec.Struct, frozen=True):
    """All that the reader may see, and the same by mode; a mode never played is not listed."""

    player_id: UUID
    total: Totals
    by_mode: dict[Mode, Totals]
