"""Tables of devices, sessions, refresh tokens and second-factor challenges."""

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
CODES_PER_CHALLENGE = 5


class KnownDevice(AuthBase):
    """A browser or program that an account has signed in with before.

    It is identified by the SHA-256 of the device token that ui gave the browser, or of user agent and network if there
    is none.
    """

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("account_id", "digest", name="uq_known_devices_digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Session(AuthBase):
    """One sign-in on one device, until it is ended or expires unused."""

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
    """The generation of the unused refresh token: how often the session was renewed."""
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey(KnownDevice.id, ondelete="SET NULL"))
    user_agent: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    address: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """The user agent and the address of the request that began or last renewed the session."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When the player last authenticated in this session: at sign-in or by reauthentication."""
    renewed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class RefreshToken(AuthBase):
    """An issued refresh token, by its SHA-256. It counts as used once the next generation exists.

    Rows are only added. A session's tokens cannot fork, because each generation is unique.
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
    """A sign-in that waits for its second factor, by the SHA-256 of its token. The row is deleted once it is
    answered."""

    __tablename__ = "two_factor_challenges"
    __table_args__ = (
        CheckConstraint(
            f"attempts BETWEEN 0 AND {CODES_PER_CHALLENGE}", name="attempts_within_limit"
        ),
        Index("ix_two_factor_challenges_account_id", "account_id"),
        Index("ix_two_factor_challenges_expires_at", "expires_at"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    # Referenced by name, because the table's class is in a higher-level package.
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("two_factor.account_id", ondelete="CASCADE")
    )
    method: Mapped[str] = mapped_column(Text)
    """The sign-in method of the first factor."""
    attempts: Mapped[int] = mapped_column(default=0)
    """The number of codes tried; each is counted before it is checked."""
    expires_at: Mapped[datetime]
