"""Friends, requests and blocks, as auth serves them."""

from types import NoneType
from urllib.parse import quote

import msgspec

from contracts.auth.friends import Friends
from ui.clients.backend import Backend


class FriendsClient(Backend):
    async def everybody(self, token: str) -> Friends:
        return await self.get("/api/user/friends", Friends, token=token)

    async def ask(self, username: str, token: str) -> None:
        """Ask for friendship, or accept where they asked first."""
        await self.post(_friend(username), None, msgspec.Raw, token=token)

    async def accept(self, username: str, token: str) -> None:
        await self.post(f"{_friend(username)}/accept", None, msgspec.Raw, token=token)

    async def part(self, username: str, token: str) -> None:
        """End a friendship, take a request back or decline one."""
        await self.delete(_friend(username), NoneType, token=token)

    async def block(self, username: str, token: str) -> None:
        await self.put(_block(username), None, NoneType, token=token)

    async def unblock(self, username: str, token: str) -> None:
        await self.delete(_block(username), NoneType, token=token)


def _friend(username: str) -> str:
    return f"/api/user/friends/{quote(username, safe='')}"


def _block(username: str) -> str:
    return f"/api/user/blocks/{quote(username, safe='')}"
