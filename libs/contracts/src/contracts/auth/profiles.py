"""Profiles on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from contracts.auth.friends import Relation


class PublicProfile(msgspec.Struct, frozen=True):
    """The public profile of a player. `relation` is null for visitors, and for the caller's own profile."""

    id: UUID
    username: str
    display_name: str | None
    bio: str
    avatar: str | None
    created_at: datetime
    relation: Relation | None


class FoundPlayer(msgspec.Struct, frozen=True):
    """A player in a list; `relation` is null for the caller."""

    id: UUID
    username: str
    display_name: str | None
    avatar: str | None
    relation: Relation | None


class ProfileChange(msgspec.Struct, frozen=True):
    """Changes of the caller's profile; missing fields stay unchanged."""

    display_name: Annotated[
        str | msgspec.UnsetType,
        msgspec.Meta(description="1 to 40 characters; where it is empty, the username is shown"),
    ] = msgspec.UNSET
    bio: Annotated[str | msgspec.UnsetType, msgspec.Meta(description="Up to 500 characters")] = (
        msgspec.UNSET
    )


class OwnProfile(msgspec.Struct, frozen=True):
    """The caller's own profile."""

    display_name: str | None
    bio: str
    avatar: str | None


class OwnAvatar(msgspec.Struct, frozen=True):
    """The content hash of the new picture, which is a part of its address."""

    avatar: str
