"""Passkeys, and the ceremonies in which they are made and shown."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.models import Account
from auth.base import AuthBase
from auth.sessions.models import Session
from transcendence_common.ids import new_id

LONGEST_NAME = 40

ENROL = "enrol"
SIGN_IN = "sign_in"
CONFIRM = "confirm"


class Passkey(AuthBase):
    """A key pair whose private half never leaves its owner's device, or their keychain."""

    __tablename__ = "passkeys"
    __table_args__ = (
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_NAME}", name="name_length"),
        CheckConstraint("sign_count >= 0", name="sign_count_counts_up"),
        Index("ix_passkeys_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """Counts up at every use, or is always 0; a step back is a copy."""
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Ceremony(AuthBase):
    """A challenge that was given out, by the SHA-256 of its name; the row goes when it is answered."""

    __tablename__ = "passkey_ceremonies"
    __table_args__ = (
        CheckConstraint(
            f"(purpose = '{SIGN_IN}') = (session_id IS NULL)"
            f" AND purpose IN ('{ENROL}', '{SIGN_IN}', '{CONFIRM}')",
            name="purpose_known",
        ),
        Index("ix_passkey_ceremonies_expires_at", "expires_at"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey(Session.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime]
