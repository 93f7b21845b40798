"""Names of the channels that tell open pages to reload."""

from typing import Final
from uuid import UUID

STREAM_SECONDS: Final = 10 * 60.0
"""Longest duration of an event stream, the lifetime of an access token: the next stream has a fresh one."""


def player_channel(player_id: UUID) -> str:
    """Return the channel of a player's queue, invitations and matches."""
    return f"games_{player_id.hex}"


def tournament_channel(tournament_id: UUID) -> str:
    """Return the channel of a tournament's viewers."""
    return f"tournament_{tournament_id.hex}"
