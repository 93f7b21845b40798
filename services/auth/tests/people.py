"""People who are signed in, as tests see them."""

from dataclasses import dataclass
from typing import Any

import httpx

from services.auth.tests.service_under_test import Auth


@dataclass(frozen=True)
class Somebody:
    """Somebody's name and token, and requests in their name."""

    auth: Auth
    name: str
    tokens: dict[str, Any]

    @property
    def access_token(self) -> str:
        return str(self.tokens["access_token"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}

    async def get(self, path: str) -> httpx.Response:
        return await self.ask("GET", path)

    async def post(self, path: str, body: object = None) -> httpx.Response:
        return await self.ask("POST", path, body)

    async def put(self, path: str, body: object = None) -> httpx.Response:
        return await self.ask("PUT", path, body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.ask("DELETE", path)

    async def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        content: dict[str, Any] = {} if body is None else {"json": body}
        return await self.auth.client.request(
            method, f"/api/user{path}", headers=self.headers, **content
        )


async def somebody(auth: Auth, name: str) -> Somebody:
    """Register somebody and sign them in."""
    return Somebody(auth, name, await auth.signed_in(name))


async def people(auth: Auth, *names: str) -> list[Somebody]:
    """Register several people and sign them in."""
    return [await somebody(auth, name) for name in names]
