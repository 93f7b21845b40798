"""Table of avatars."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.models import Account
from auth.base import AuthBase


class AccountAvatar(AuthBase):
    """An account's avatar in all sizes, by the hash of its content. Two accounts with the same picture have a row
    each."""

    __tablename__ = "avatars"
    __table_args__ = (
        CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash_is_sha256"),
        Index("ix_avatars_hash", "hash"),
    )

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(Text)
    webp_64: Mapped[bytes] = mapped_column(LargeBinary)
    webp_128: Mapped[bytes] = mapped_column(LargeBinary)
    webp_512: Mapped[bytes] = mapped_column(LargeBinary)
