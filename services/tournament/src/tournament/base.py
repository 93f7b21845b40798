"""The base class of the service's tables."""

from advanced_alchemy.base import DefaultBase


class TournamentBase(DefaultBase):
    """The base of all tables of tournament; its bind key keeps them apart from other services' tables."""

    __abstract__ = True
    __bind_key__ = "tournament"
