"""Table of WebAuthn ceremonies, in which passkeys are created and used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.base import AuthBase
from auth.sessions.models import Session

ENROL = "enrol"
SIGN_IN = "sign_in"
CONFIRM = "confirm"


class Ceremony(AuthBase):
    """An open WebAuthn challenge, by the SHA-256 of its token. The row is deleted once it is answered."""

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
