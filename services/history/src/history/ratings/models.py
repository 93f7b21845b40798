"""Tables of players' ratings in online matches, and of their changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from history.base import HistoryBase


class PlayerRating(HistoryBase):
    """A player's rating after their last rated match; its deviation grows from `rated_at` on."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="ratings_name"),
        CheckConstraint("rating BETWEEN 100 AND 4000", name="ratings_rating"),
        CheckConstraint("deviation > 0 AND deviation <= 350", name="ratings_deviation"),
        CheckConstraint("volatility BETWEEN 0.03 AND 0.12", name="ratings_volatility"),
        CheckConstraint("rated_matches >= 0", name="ratings_rated_matches"),
        # The leaderboard in its order, with the column that is needed to count a rank from the index alone.
        Index(
            "ratings_of_the_settled",
            text("rating DESC"),
            "player_id",
            postgresql_include=["settled_until"],
            postgresql_where=text("settled_until IS NOT NULL"),
        ),
    )

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    """The player's name in the last rated match."""
    rating: Mapped[float] = mapped_column(Double)
    deviation: Mapped[float] = mapped_column(Double)
    volatility: Mapped[float] = mapped_column(Double)
    rated_matches: Mapped[int] = mapped_column(Integer)
    rated_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    settled_until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When the deviation will have grown until the rating is provisional; None if it is provisional already."""


class RatingChange(HistoryBase):
    """The effect of one match on one player's rating; `number` counts the player's rated matches."""

    __tablename__ = "rating_changes"
    __table_args__ = (
        CheckConstraint("number >= 1", name="rating_changes_number"),
        # Matches may arrive in another order than they were played in; the chart follows the rating.
        UniqueConstraint("player_id", "number", name="rating_changes_of_player"),
    )

    match_id: Mapped[UUID] = mapped_column(
        ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True
    )
    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    rating_before: Mapped[float] = mapped_column(Double)
    deviation_before: Mapped[float] = mapped_column(Double)
    rating_after: Mapped[float] = mapped_column(Double)
    deviation_after: Mapped[float] = mapped_column(Double)
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
