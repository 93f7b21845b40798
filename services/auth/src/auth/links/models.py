"""Table of links sent by email."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.emails import LONGEST_EMAIL
from auth.accounts.models import Account
from auth.base import AuthBase
from auth.links.purposes import PURPOSES


class MailLink(AuthBase):
    """One email link, by the SHA-256 of its token. An account has at most one open link per purpose."""

    __tablename__ = "mail_links"
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose_known"),
        Index(
            "uq_mail_links_open",
            "account_id",
            "purpose",
            unique=True,
            postgresql_where=text("over_at IS NULL"),
        ),
        Index("ix_mail_links_account_id", "account_id"),
        Index("ix_mail_links_expires_at", "expires_at"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    """The address that it was sent to; using the link proves its ownership."""
    email_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    """When the link was used, replaced by a newer one, or cancelled."""
