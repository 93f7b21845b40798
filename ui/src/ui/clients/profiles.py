"""Who somebody is to others, as auth serves it: profiles, and the search for players."""

from datetime import datetime
from types import NoneType
from typing import Literal
from urllib.parse import quote
from uuid import UUID

import msgspec

from ui.clients.backend import Backend

Relation = Literal["none", "friends", "incoming", "outgoing", "blocked"]

PICTURE_SECONDS = 20.0
"""Pictures are decoded in a process of their own, which may have to wait for its turn."""


class Profile(msgspec.Struct, frozen=True):
    """A player as everybody sees them; `relation` is there where a player looks at another one."""

    id: UUID
    username: str
    created_at: datetime
    display_name: str | None = None
    bio: str = ""
    avatar: str | None = None
    relation: Relation | None = None


class FoundPlayer(msgspec.Struct, frozen=True):
    id: UUID
    username: str
    display_name: str | None = None
    avatar: str | None = None
    relation: Relation | None = None


class FoundPlayers(msgspec.Struct, frozen=True):
    items: list[FoundPlayer]
    next_cursor: str | None = None


class ProfileChange(msgspec.Struct, frozen=True):
    display_name: str
    bio: str


class ProfilesClient(Backend):
    async def profile(self, username: str, token: str | None) -> Profile:
        path = f"/api/user/players/{quote(username, safe='')}"
        return await self.get(path, Profile, token=token)

    async def search(self, query: str, token: str, *, limit: int) -> FoundPlayers:
        asked = {"query": query, "limit": str(limit)}
        return await self.get("/api/user/players", FoundPlayers, token=token, query=asked)

    async def change(self, change: ProfileChange, token: str) -> None:
        await self.patch("/api/user/profile", change, msgspec.Raw, token=token)

    async def put_avatar(self, picture: bytes, media_type: str, token: str) -> None:
        await self.put_file(
            "/api/user/profile/avatar",
            picture,
            media_type,
            msgspec.Raw,
            token=token,
            seconds=PICTURE_SECONDS,
        )

    async def remove_avatar(self, token: str) -> None:
        await self.delete("/api/user/profile/avatar", NoneType, token=token)
