"""Tables of matchmaking: the queue and the invitations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tournament.base import TournamentBase
from tournament.live.models import Match


class QueueEntry(TournamentBase):
    """A player waiting for any opponent. An open page prolongs the place; it ends at `expires_at`."""

    __tablename__ = "queue_entries"
    __table_args__ = (
        CheckConstraint("points IN (3, 5, 7, 11, 21)", name="points"),
        Index("ix_queue_entries_waiting", "points", "rated", "rating"),
    )

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(SmallInteger)
    rated: Mapped[bool]
    rating: Mapped[float] = mapped_column(Float)
    deviation: Mapped[float] = mapped_column(Float)
    joined_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Invitation(TournamentBase):
    """An offered match: to one friend (a challenge), or to any player with the link."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("points IN (3, 5, 7, 11, 21)", name="points"),
        CheckConstraint("from_id <> to_id", name="not_to_oneself"),
        CheckConstraint("(to_id IS NULL) = (to_name IS NULL)", name="to_somebody_or_nobody"),
        CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="state"),
        CheckConstraint(
            "(state = 'accepted') = (match_id IS NOT NULL)", name="accepted_with_a_match"
        ),
        Index(
            "uq_invitations_open_pair",
            "from_id",
            "to_id",
            unique=True,
            postgresql_where=text("state = 'open' AND to_id IS NOT NULL"),
        ),
        Index("ix_invitations_from_id", "from_id"),
        Index("ix_invitations_to_id", "to_id", postgresql_where=text("to_id IS NOT NULL")),
        Index("ix_invitations_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_id: Mapped[UUID]
    from_name: Mapped[str] = mapped_column(Text)
    to_id: Mapped[UUID | None]
    to_name: Mapped[str | None] = mapped_column(Text)
    points: Mapped[int] = mapped_column(SmallInteger)
    rated: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    match_id: Mapped[UUID | None] = mapped_column(ForeignKey(Match.id, ondelete="CASCADE"))
