"""Accounts on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class Registration(msgspec.Struct, frozen=True):
    """A request to create an account; all three fields are needed.

    A missing field counts as empty: decoding would stop at the first missing field, but an answer names all errors.
    """

    username: Annotated[str, msgspec.Meta(description="Needed; 3 to 20 characters")] = ""
    email: Annotated[str, msgspec.Meta(description="Needed")] = ""
    password: Annotated[str, msgspec.Meta(description="Needed; 8 to 128 characters")] = ""


class RegisteredAccount(msgspec.Struct, frozen=True):
    """The new account."""

    id: UUID
    username: str


class OwnAccount(msgspec.Struct, frozen=True):
    """The caller's own account.

    `display_name` is the username if no other was chosen, `pending_email` the address to be confirmed, `expires_at` the
    time when the account is deleted unless its address is verified, `avatar` the hash of a picture.
    """

    id: UUID
    username: str
    display_name: str
    email: str
    email_verified: bool
    pending_email: str | None
    roles: list[str]
    created_at: datetime
    expires_at: datetime | None
    has_password: bool
    two_factor: bool
    avatar: str | None
