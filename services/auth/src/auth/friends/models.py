"""Tables of friendships, friend requests, blocks and presence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.models import Account
from auth.base import AuthBase
from transcendence_common.ids import new_id


class Friendship(AuthBase):
    """A friendship, or a request for one until it is accepted. Each pair has one row, whichever of the two asked."""

    __tablename__ = "friendships"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="pair_in_order"),
        CheckConstraint("asked_by IN (low_id, high_id)", name="asked_by_one_of_them"),
        CheckConstraint("accepted_at >= asked_at", name="accepted_once_asked"),
        Index("ix_friendships_high_id", "high_id"),
    )

    low_id: Mapped[UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    high_id: Mapped[UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Block(AuthBase):
    """A player has blocked another, who is not told."""

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint("blocker_id <> blocked_id", name="not_oneself"),
        Index("ix_blocks_blocked_id", "blocked_id"),
    )

    blocker_id: Mapped[UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    blocked_id: Mapped[UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    blocked_at: Mapped[datetime]


class RelationshipVersion(AuthBase):
    """The counter that orders relationship events: receivers compare versions to tell which of two events is newer."""

    __tablename__ = "tie_versions"
    __table_args__ = (CheckConstraint("single", name="one_row"),)

    single: Mapped[bool] = mapped_column(primary_key=True, default=True)
    latest: Mapped[int] = mapped_column(BigInteger)


class Presence(AuthBase):
    """An open tab. Its stream extends the row; a row that is no longer extended belongs to a closed tab."""

    __tablename__ = "presences"
    __table_args__ = (
        Index("ix_presences_account_id", "account_id", "expires_at"),
        Index("ix_presences_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime]
