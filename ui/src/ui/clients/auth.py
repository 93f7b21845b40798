"""Accounts and sessions, as auth serves them."""

from uuid import UUID

import msgspec

from ui.clients.backend import Backend


class Registration(msgspec.Struct, frozen=True):
    username: str
    email: str
    password: str


class Credentials(msgspec.Struct, frozen=True):
    username: str
    password: str


class RefreshToken(msgspec.Struct, frozen=True):
    refresh_token: str


class Tokens(msgspec.Struct, frozen=True):
    """A session's pair; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class Account(msgspec.Struct, frozen=True):
    id: UUID
    username: str


class AuthClient(Backend):
    async def register(self, registration: Registration) -> Account:
        return await self.post("/api/user/register", registration, Account, token=None)

    async def sign_in(self, credentials: Credentials) -> Tokens:
        return await self.post("/api/user/login", credentials, Tokens, token=None)

    async def renew(self, refresh_token: str) -> Tokens:
        body = RefreshToken(refresh_token)
        return await self.post("/api/user/refresh", body, Tokens, token=None)

    async def sign_out(self, refresh_token: str) -> None:
        await self.post_raw("/api/user/logout", RefreshToken(refresh_token), token=None)
