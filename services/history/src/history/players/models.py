"""What a player's matches add up to, kept while they are stored, and which players are gone."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from history.base import HistoryBase
from transcendence_common.erased_players import ErasedPlayerColumns


class PlayerTotals(HistoryBase):
    """A player's sums in one mode: reading them costs the same after a million matches."""

    __tablename__ = "player_totals"
    __table_args__ = (
        CheckConstraint("mode IN ('ai', 'local')", name="player_totals_mode"),
        CheckConstraint("won BETWEEN 0 AND played", name="player_totals_won"),
        CheckConstraint("longest_rally >= 0", name="player_totals_longest_rally"),
    )

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    played: Mapped[int] = mapped_column(Integer)
    won: Mapped[int] = mapped_column(Integer)
    longest_rally: Mapped[int] = mapped_column(Integer)


class ErasedPlayer(ErasedPlayerColumns, HistoryBase):
    """A player whose account was deleted: nothing more is stored of them."""

    __tablename__ = "erased_players"
