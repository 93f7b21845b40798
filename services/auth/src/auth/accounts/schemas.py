"""What accounts look like on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec


class Registration(msgspec.Struct, frozen=True):
    """Asks for an account. A field left out is an empty one, so that one answer names everything that is wrong."""

    username: str = ""
    email: str = ""
    password: str = ""


class Registered(msgspec.Struct, frozen=True):
    """The new account."""

    id: UUID
    username: str


class Me(msgspec.Struct, frozen=True):
    """One's own account."""

    id: UUID
    username: str
    email: str
    roles: list[str]
    created_at: datetime


class PublicProfile(msgspec.Struct, frozen=True):
    """What everybody may know about a player."""

    id: UUID
    username: str
    created_at: datetime
