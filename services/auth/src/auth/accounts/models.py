"""Table of accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.emails import LONGEST_EMAIL
from auth.accounts.usernames import LONGEST_NAME, SHORTEST_NAME
from auth.base import AuthBase
from transcendence_common.ids import new_id

ADMIN = "admin"
PLAYER = "player"
"""Role of every account with a verified address. It appears in tokens and is not stored."""
VERIFIED_EMAIL_INDEX = "uq_accounts_verified_email_key"
"""The unique index that decides which account owns an address."""
LONGEST_DISPLAY_NAME = 40
LONGEST_BIO = 500
CONTROL_CHARACTERS = r"\u0001-\u001f\u007f-\u009f"


class Account(AuthBase):
    """A person who can sign in. The key columns are unique; name and address are as their owner wrote them.

    An address belongs to the account that verified it. Unverified accounts may name the same one, so that registration
    neither reveals who has an account nor blocks another person's address.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("username_key", name="uq_accounts_username_key"),
        Index(
            VERIFIED_EMAIL_INDEX,
            "email_key",
            unique=True,
            postgresql_where=text("email_verified_at IS NOT NULL"),
        ),
        Index("ix_accounts_email_key", "email_key"),
        Index(
            "ix_accounts_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")
        ),
        CheckConstraint(
            f"char_length(username) BETWEEN {SHORTEST_NAME} AND {LONGEST_NAME}",
            name="username_length",
        ),
        CheckConstraint(f"roles <@ ARRAY['{ADMIN}']::text[]", name="roles_known"),
        CheckConstraint(
            "email_verified_at IS NULL OR expires_at IS NULL", name="verified_do_not_expire"
        ),
        CheckConstraint(
            f"char_length(display_name) BETWEEN 1 AND {LONGEST_DISPLAY_NAME}",
            name="display_name_length",
        ),
        CheckConstraint(f"char_length(bio) <= {LONGEST_BIO}", name="bio_length"),
        CheckConstraint(
            "(display_name IS NULL) = (display_name_key IS NULL)", name="display_name_has_key"
        ),
        CheckConstraint(
            f"display_name !~ '[{CONTROL_CHARACTERS}]'", name="display_name_has_no_controls"
        ),
        CheckConstraint(
            f"translate(bio, chr(10), '') !~ '[{CONTROL_CHARACTERS}]'", name="bio_has_no_controls"
        ),
        Index(
            "ix_accounts_display_name_key",
            "display_name_key",
            postgresql_where=text("display_name_key IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(LONGEST_NAME))
    username_key: Mapped[str] = mapped_column(Text(collation="C"))
    """Compared byte by byte, so that an index finds names by their beginning."""
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    email_key: Mapped[str] = mapped_column(Text)
    email_verified_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When the account is deleted unless its address is verified."""
    password_hash: Mapped[str | None] = mapped_column(Text)
    """None if the account has only other sign-in methods."""
    roles: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'::text[]")
    )
    display_name: Mapped[str | None] = mapped_column(Text)
    display_name_key: Mapped[str | None] = mapped_column(Text(collation="C"))
    bio: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    avatar: Mapped[str | None] = mapped_column(Text)
    """Hash of the picture's content."""
    created_at: Mapped[datetime]
