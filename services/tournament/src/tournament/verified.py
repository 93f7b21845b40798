"""The check that an account may play against other people."""

from litestar.di import NamedDependency

from contracts.tournament.problems import TournamentCode
from transcendence_common.identity import Player
from transcendence_common.problems import Forbidden

VERIFIED_ROLE = "player"
"""The role that auth gives to accounts with a verified address."""


class NotVerified(Forbidden):
    """The account has no verified address, so it may not play against other people."""

    code = TournamentCode.NOT_VERIFIED
    title_text = "Verify your email address first"

    def __init__(self) -> None:
        super().__init__("Verify your email address to play other people.")


def is_verified(player: Player) -> bool:
    """Tell whether a player may play against other people."""
    return VERIFIED_ROLE in player.roles


def provide_verified(player: NamedDependency[Player]) -> Player:
    """Provide the dependency `verified`: the player of the request.

    Raises:
        NotVerified: the account has no verified address.
    """
    if not is_verified(player):
        raise NotVerified
    return player
