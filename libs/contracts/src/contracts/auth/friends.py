"""Friends on the wire."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Relation(StrEnum):
    """The relation of another player to the caller. A block by the other player is not shown."""

    NONE = "none"
    FRIENDS = "friends"
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    BLOCKED = "blocked"


class FriendListPerson(msgspec.Struct, frozen=True):
    """A player in a friend list; `avatar` is a content hash."""

    id: UUID
    username: str
    display_name: str | None
    avatar: str | None


class Friend(msgspec.Struct, frozen=True):
    """A friend, since when, and whether they are online."""

    person: FriendListPerson
    since: datetime
    online: bool


class ListedRelationship(msgspec.Struct, frozen=True):
    """A player with a friend request to or from the caller, or blocked by the caller, and since when."""

    person: FriendListPerson
    since: datetime


class Friends(msgspec.Struct, frozen=True):
    """All relationships of the caller, each list by name."""

    friends: list[Friend]
    incoming: list[ListedRelationship]
    outgoing: list[ListedRelationship]
    blocked: list[ListedRelationship]


class PairRelationship(msgspec.Struct, frozen=True):
    """The relationship of two players, for other services only: a player never sees who blocks them."""

    low_name: str
    high_name: str
    friends: bool
    low_blocks: bool
    high_blocks: bool


class RelationAfterChange(msgspec.Struct, frozen=True):
    """The relation of another player to the caller after a change."""

    relation: Relation
