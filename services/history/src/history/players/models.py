"""Tables of players' totals, updated as matches are stored, and of erased players."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from history.base import HistoryBase
from transcendence_common.erased_players import ErasedPlayerColumns


class PlayerTotals(HistoryBase):
    """A player's totals in one mode. Reading them costs the same after a million matches."""

    __tablename__ = "player_totals"
    __table_args__ = (
        CheckConstraint("mode IN ('ai', 'local', 'online')", name="player_totals_mode"),
        CheckConstraint("won BETWEEN 0 AND played", name="player_totals_won"),
        CheckConstraint("longest_rally >= 0", name="player_totals_longest_rally"),
        CheckConstraint(
            "win_streak BETWEEN 0 AND best_win_streak AND best_win_streak <= won",
            name="player_totals_streaks",
        ),
    )

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    played: Mapped[int] = mapped_column(Integer)
    won: Mapped[int] = mapped_column(Integer)
    longest_rally: Mapped[int] = mapped_column(Integer)
    win_streak: Mapped[int] = mapped_column(Integer, server_default="0")
    """Matches won since the last loss, in the order in which they were stored."""
    best_win_streak: Mapped[int] = mapped_column(Integer, server_default="0")


class OpponentTotals(HistoryBase):
    """A player's totals against one opponent in online matches."""

    __tablename__ = "opponent_totals"
    __table_args__ = (
        CheckConstraint("player_id <> opponent_id", name="opponent_totals_of_two"),
        CheckConstraint("char_length(opponent_name) BETWEEN 1 AND 64", name="opponent_totals_name"),
        CheckConstraint("won BETWEEN 0 AND played", name="opponent_totals_won"),
        Index(
            "opponent_totals_most_played",
            "player_id",
            text("played DESC"),
            text("last_played_at DESC"),
            "opponent_id",
        ),
        # For erasure: every row that names the player.
        Index("opponent_totals_of_opponent", "opponent_id"),
    )

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    opponent_id: Mapped[UUID] = mapped_column(primary_key=True)
    opponent_name: Mapped[str] = mapped_column(Text)
    """The opponent's name in the match that was stored last."""
    played: Mapped[int] = mapped_column(Integer)
    won: Mapped[int] = mapped_column(Integer)
    last_played_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class ErasedPlayer(ErasedPlayerColumns, HistoryBase):
    """A player whose account was deleted: no more data of them is stored."""

    __tablename__ = "erased_players"
