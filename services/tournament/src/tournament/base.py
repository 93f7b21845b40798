"""The service's own metadata."""

from advanced_alchemy.base import DefaultBase


class TournamentBase(DefaultBase):
    """What every table of tournament is made from; the bind key keeps it apart from other services' tables."""

    __abstract__ = True
    __bind_key__ = "tournament"
