"""Who somebody is to others, as auth serves it: profiles, and the search for players."""

from types import NoneType
from urllib.parse import quote

import msgspec

from contracts.auth.profiles import FoundPlayer, ProfileChange, PublicProfile
from contracts.pages import Page
from ui.clients.backend import Backend

PICTURE_SECONDS = 20.0
"""Pictures are decoded in a process of their own, which may have to wait for its turn."""


class ProfilesClient(Backend):
    async def profile(self, username: str, token: str | None) -> PublicProfile:
        path = f"/api/user/players/{quote(username, safe='')}"
        return await self.get(path, PublicProfile, token=token)

    async def search(self, query: str, token: str, *, limit: int) -> Page[FoundPlayer]:
        asked = {"query": query, "limit": str(limit)}
        return await self.get("/api/user/players", Page[FoundPlayer], token=token, query=asked)

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
