"""Table of the key pairs that sign access tokens."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auth.base import AuthBase


class StoredKey(AuthBase):
    """A stored key pair.

    Its number is one more than its predecessor's, and unique: if two replicas create the next key at the same time,
    only one is stored.
    """

    __tablename__ = "signing_keys"
    __table_args__ = (
        UniqueConstraint("number", name="uq_signing_keys_number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("active_from >= created_at", name="active_once_created"),
    )

    kid: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int]
    encrypted_pem: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    active_from: Mapped[datetime]
