"""Signed-in players for tests."""

from dataclasses import dataclass
from typing import Any

import httpx

from services.auth.tests.service_under_test import Auth


@dataclass(frozen=True)
class SignedInPlayer:
    """A player's name and tokens, and requests on their behalf."""

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


async def sign_up(auth: Auth, name: str) -> SignedInPlayer:
    """Register a player and sign in."""
    return SignedInPlayer(auth, name, await auth.signed_in(name))


async def people(auth: Auth, *names: str) -> list[SignedInPlayer]:
    """Register several players and sign them in."""
    return [await sign_up(auth, name) for name in names]


async def leave_one_request_to_ask(auth: Auth, name: str, others: int) -> None:
    """Let a player send all but one of the allowed friend requests, to `p-1` … of `others` players.

    Directly in the database: so many requests take longer than the interval of maintenance, which
    shares the test's only connection.
    """
    await auth.execute(
        "INSERT INTO accounts (id, username, username_key, email, email_key, created_at)"
        " SELECT gen_random_uuid(), 'p-' || n, 'p-' || n, n || '@example.org', n || '@example.org', now()"
        " FROM generate_series(1, :others) AS n",
        others=others,
    )
    await auth.execute(
        "INSERT INTO friendships (low_id, high_id, asked_by, asked_at)"
        " SELECT least(asking.id, asked.id), greatest(asking.id, asked.id), asking.id, now()"
        " FROM accounts AS asking, accounts AS asked"
        " WHERE asking.username = :name AND asked.username LIKE 'p-%' AND asked.username <> 'p-' || :others",
        name=name,
        others=str(others),
    )
