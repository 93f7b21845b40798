"""What accounts look like on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class Registration(msgspec.Struct, frozen=True):
    """Asks for an account; all three are needed.

    A field left out is an empty one: decoding stops at the first that is missing, and one answer shall name
    everything that is wrong.
    """

    username: Annotated[str, msgspec.Meta(description="Needed; 3 to 20 characters")] = ""
    email: Annotated[str, msgspec.Meta(description="Needed")] = ""
    password: Annotated[str, msgspec.Meta(description="Needed; 8 to 128 characters")] = ""


class Registered(msgspec.Struct, frozen=True):
    """The new account."""

    id: UUID
    username: str


class Me(msgspec.Struct, frozen=True):
    """One's own account.

    `display_name` is the name where no other was chosen, `pending_email` the address that is to be confirmed,
    `expires_at` when the account is forgotten unless its address is verified, `avatar` the hash of a picture.
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
