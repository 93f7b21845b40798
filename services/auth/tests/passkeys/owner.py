"""A signed-in player with requests about passkeys."""

from dataclasses import dataclass
from typing import Any

import httpx

from services.auth.tests.authenticator import Authenticator
from services.auth.tests.people import SignedInPlayer


@dataclass(frozen=True)
class PasskeyOwner(SignedInPlayer):
    """A player who may have passkeys."""

    async def remove(self, passkey_id: object) -> httpx.Response:
        return await self.delete(f"/passkeys/{passkey_id}")

    async def rename(self, passkey_id: object, name: object) -> httpx.Response:
        return await self.ask("PATCH", f"/passkeys/{passkey_id}", {"name": name})

    async def passkeys(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.get("/passkeys")).json()["items"]
        return items

    async def ceremony(self) -> dict[str, Any]:
        """Request the options of a new passkey."""
        answer = await self.post("/passkeys/options")
        assert answer.status_code == 200, answer.text
        asked: dict[str, Any] = answer.json()
        return asked

    async def add(self, authenticator: Authenticator, name: str = "Laptop") -> httpx.Response:
        asked = await self.ceremony()
        made = authenticator.make(asked["public_key"])
        return await self.post(
            "/passkeys", {"ceremony": asked["ceremony"], "credential": made, "name": name}
        )
