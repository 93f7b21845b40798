"""Table of open visits to other providers."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.base import AuthBase
from auth.sessions.models import Session

SIGN_IN: Final = "sign_in"
LINK: Final = "link"
CONFIRM: Final = "confirm"


class Flow(AuthBase):
    """A visit to a provider, by the SHA-256 of the token in the browser's cookie. The row is deleted when the browser
    returns.

    The visit's other secrets are derived from that token (`visits.py`), so a copy of the row is of no use.
    """

    __tablename__ = "oauth_flows"
    __table_args__ = (
        CheckConstraint(
            f"(intent = '{SIGN_IN}') = (session_id IS NULL)"
            f" AND intent IN ('{SIGN_IN}', '{LINK}', '{CONFIRM}')",
            name="intent_known",
        ),
        Index("ix_oauth_flows_expires_at", "expires_at"),
        Index("ix_oauth_flows_session_id", "session_id"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    intent: Mapped[str] = mapped_column(Text)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey(Session.id, ondelete="CASCADE"))
    """The session whose account the visit is about, or None for a sign-in."""
    next: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]
