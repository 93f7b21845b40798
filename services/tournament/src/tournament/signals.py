"""The channel on which somebody hears that there is something new about their games."""

from uuid import UUID


def games_channel(player_id: UUID) -> str:
    return f"games_{player_id.hex}"
