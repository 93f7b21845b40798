"""Which players are gone."""

from tournament.base import TournamentBase
from transcendence_common.erased_players import ErasedPlayerColumns


class ErasedPlayer(ErasedPlayerColumns, TournamentBase):
    """A player whose account was deleted: nothing more is stored of them."""

    __tablename__ = "erased_players"
