"""Tables of erased players and of relationships between players."""

from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tournament.base import TournamentBase
from transcendence_common.erased_players import ErasedPlayerColumns

DELETED_PLAYER_NAME: Final = "deleted player"
"""The name of an erased player where a column cannot be empty; history uses the same."""


class ErasedPlayer(ErasedPlayerColumns, TournamentBase):
    """The id of a player whose account was deleted; nothing else is stored of them."""

    __tablename__ = "erased_players"


class Relationship(TournamentBase):
    """The relationship of two players, as auth reported it last."""

    __tablename__ = "ties"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="pair_in_order"),
        Index("ix_ties_high_id", "high_id"),
    )

    low_id: Mapped[UUID] = mapped_column(primary_key=True)
    high_id: Mapped[UUID] = mapped_column(primary_key=True)
    low_name: Mapped[str] = mapped_column(Text)
    high_name: Mapped[str] = mapped_column(Text)
    friends: Mapped[bool]
    low_blocks: Mapped[bool]
    high_blocks: Mapped[bool]
    version: Mapped[int] = mapped_column(BigInteger)
    """Rises with each change of the pair; deliveries may arrive in any order."""
