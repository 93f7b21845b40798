"""Who may play against other people."""

from litestar.di import NamedDependency

from contracts.tournament.problems import TournamentCode
from transcendence_common.identity import Player
from transcendence_common.problems import Forbidden

ROLE = "player"
"""What auth gives to accounts whose address is verified."""


class NotVerified(Forbidden):
    """Matches between people are for accounts with a verified address."""

    code = TournamentCode.NOT_VERIFIED
    title_text = "Verify your email address first"

    def __init__(self) -> None:
        super().__init__("Verify your email address to play other people.")


def is_verified(player: Player) -> bool:
    """Tell whether somebody may play against other people."""
    return ROLE in player.roles


def provide_verified(player: NamedDependency[Player]) -> Player:
    """Dependency `verified`."""
    if not is_verified(player):
        raise NotVerified
    return player
