"""How somebody can sign in, beside a password: at another provider, or with a passkey."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.models import Account
from auth.base import AuthBase
from transcendence_common.ids import new_id

LONGEST_NAME = 40
"""Of a passkey."""


class Identity(AuthBase):
    """Somebody at a provider is the owner of an account here. `subject` never changes there; `label` is for people."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("provider", "subject", name="uq_identities_provider_subject"),
        UniqueConstraint("account_id", "provider", name="uq_identities_account_id_provider"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime]


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
