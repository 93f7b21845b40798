"""The channels on which somebody hears that there is something new."""

from typing import Final
from uuid import UUID

STREAM_SECONDS: Final = 10 * 60.0
"""The lifetime of an access token: a stream that ends then is opened again with a fresh one."""


def games_channel(player_id: UUID) -> str:
    """About their games."""
    return f"games_{player_id.hex}"


def tournament_channel(tournament_id: UUID) -> str:
    """About a tournament that they look at."""
    return f"tournament_{tournament_id.hex}"
