"""Who may play against other people."""

from litestar.di import NamedDependency

from tournament.matchmaking.errors import NotVerified
from transcendence_common.identity import Player

ROLE = "player"
"""What auth gives to accounts whose address is verified."""


def provide_verified(player: NamedDependency[Player]) -> Player:
    """Dependency `verified`."""
    if ROLE not in player.roles:
        raise NotVerified
    return player
