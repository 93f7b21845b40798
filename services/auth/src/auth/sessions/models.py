"""Where somebody is signed in, and sign-ins that wait for a second factor."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.models import Account
from auth.base import AuthBase
from transcendence_common.ids import new_id

SIGNED_OUT = "signed_out"
REUSED = "reused"
REVOKED = "revoked"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
PASSWORD_RESET = "password_reset"  # noqa: S105 - a reason
END_REASONS = (SIGNED_OUT, REUSED, REVOKED, PASSWORD_CHANGED, PASSWORD_RESET)
CODES_A_CHALLENGE = 5


class KnownDevice(AuthBase):
    """A browser or program that somebody has signed in with before.

    By the SHA-256 of the token that ui gave the browser; of program and address where there is none.
    """

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("account_id", "digest", name="uq_known_devices_digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Session(AuthBase):
    """One sign-in, on one device, until it is ended or not used for too long."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint(
            f"(ended_at IS NULL) = (end_reason IS NULL) AND end_reason IN {END_REASONS}",
            name="end_has_reason",
        ),
        CheckConstraint("generation >= 0", name="generation_counts_up"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index("ix_sessions_account_id", "account_id"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    generation: Mapped[int]
    """Of its unused refresh token: how often the session was renewed."""
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey(KnownDevice.id, ondelete="SET NULL"))
    user_agent: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    address: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """As they were when the session began or was renewed last."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When its person last proved who they are: by signing in, or again since."""
    renewed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class RefreshToken(AuthBase):
    """A refresh token that was given out, by its SHA-256. It was used when the next generation was made.

    Rows are only added: a session's tokens cannot fork, because a generation exists once.
    """

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        UniqueConstraint(
            "session_id", "generation", name="uq_refresh_tokens_session_id_generation"
        ),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey(Session.id, ondelete="CASCADE"))
    generation: Mapped[int]
    created_at: Mapped[datetime]


class SignInChallenge(AuthBase):
    """A sign-in that waits for its second factor, by the SHA-256 of its name; the row goes when it is answered."""

    __tablename__ = "two_factor_challenges"
    __table_args__ = (
        CheckConstraint(
            f"attempts BETWEEN 0 AND {CODES_A_CHALLENGE}", name="attempts_within_limit"
        ),
        Index("ix_two_factor_challenges_account_id", "account_id"),
        Index("ix_two_factor_challenges_expires_at", "expires_at"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    # By name: the table's class is in a folder above this one.
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("two_factor.account_id", ondelete="CASCADE")
    )
    method: Mapped[str] = mapped_column(Text)
    """How the first factor was shown."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Codes that were tried; each is counted before it is looked at."""
    expires_at: Mapped[datetime]
