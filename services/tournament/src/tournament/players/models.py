"""Which players are gone, and who is whose friend or wants nothing of whom."""

from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tournament.base import TournamentBase
from transcendence_common.erased_players import ErasedPlayerColumns

DELETED_PLAYER: Final = "deleted player"
"""Who was there, where a place cannot be empty; history calls them the same."""


class ErasedPlayer(ErasedPlayerColumns, TournamentBase):
    """A player whose account was deleted: nothing more is stored of them."""

    __tablename__ = "erased_players"


class Relationship(TournamentBase):
    """What two players are to each other, as auth told last."""

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
    """Rises with each change of the pair; deliveries may come in any order."""
