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
