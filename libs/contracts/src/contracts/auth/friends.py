"""What friends look like on the wire."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Relation(StrEnum):
    """What somebody else is to the one who asks. Who was blocked by them sees what they would see otherwise."""

    NONE = "none"
    FRIENDS = "friends"
    INCOMING = "incoming"
    OUTGOING = "outgoing"
    BLOCKED = "blocked"


class Person(msgspec.Struct, frozen=True):
    """Somebody as their friends see them in a list; `avatar` is a content hash."""

    id: UUID
    username: str
    display_name: str | None
    avatar: str | None


class Friend(msgspec.Struct, frozen=True):
    """A friend, since when, and whether they are here."""

    person: Person
    since: datetime
    online: bool


class ListedRelationship(msgspec.Struct, frozen=True):
    """Somebody who was asked, has asked or is blocked, and since when."""

    person: Person
    since: datetime


class Friends(msgspec.Struct, frozen=True):
    """Everybody whom somebody has anything to do with, by name."""

    friends: list[Friend]
    incoming: list[ListedRelationship]
    outgoing: list[ListedRelationship]
    blocked: list[ListedRelationship]


class Standing(msgspec.Struct, frozen=True):
    """What two people are to each other, as only other services are told: nobody sees who blocks them."""

    low_name: str
    high_name: str
    friends: bool
    low_blocks: bool
    high_blocks: bool


class Related(msgspec.Struct, frozen=True):
    """How two people stand now."""

    relation: Relation
