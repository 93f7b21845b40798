"""Who has an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from auth.accounts.emails import LONGEST_EMAIL
from auth.accounts.usernames import LONGEST_NAME, SHORTEST_NAME
from auth.base import AuthBase
from transcendence_common.ids import new_id

ADMIN = "admin"


class Account(AuthBase):
    """A person who can sign in. The keys are what must be unique; name and address are as their owner wrote them."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("username_key", name="uq_accounts_username_key"),
        UniqueConstraint("email_key", name="uq_accounts_email_key"),
        CheckConstraint(
            f"char_length(username) BETWEEN {SHORTEST_NAME} AND {LONGEST_NAME}",
            name="username_length",
        ),
        CheckConstraint(f"roles <@ ARRAY['{ADMIN}']::text[]", name="roles_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(LONGEST_NAME))
    username_key: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    email_key: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'::text[]")
    )
    created_at: Mapped[datetime]
