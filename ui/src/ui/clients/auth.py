"""Accounts and sessions, as auth serves them."""

from datetime import datetime
from types import NoneType
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


class Challenge(msgspec.Struct, frozen=True):
    """The password was right, and a second factor is asked for; `expires_in` seconds are left for it."""

    challenge: str
    expires_in: int


class ChallengeAnswer(msgspec.Struct, frozen=True):
    challenge: str
    code: str


class Account(msgspec.Struct, frozen=True):
    id: UUID
    username: str


class OwnAccount(msgspec.Struct, frozen=True):
    """What somebody is told about their own account; without a verified address it is kept until `expires_at`."""

    id: UUID
    username: str
    display_name: str
    email: str
    email_verified: bool
    created_at: datetime
    has_password: bool
    two_factor: bool
    pending_email: str | None = None
    expires_at: datetime | None = None
    avatar: str | None = None


class AuthClient(Backend):
    async def register(self, registration: Registration) -> Account:
        return await self.post("/api/user/register", registration, Account, token=None)

    async def sign_in(self, credentials: Credentials) -> Tokens | Challenge:
        return await self.post_or("/api/user/login", credentials, Tokens, Challenge, token=None)

    async def answer_challenge(self, answer: ChallengeAnswer) -> Tokens:
        return await self.post("/api/user/login/two-factor", answer, Tokens, token=None)

    async def renew(self, refresh_token: str) -> Tokens:
        body = RefreshToken(refresh_token)
        return await self.post("/api/user/refresh", body, Tokens, token=None)

    async def sign_out(self, refresh_token: str) -> None:
        await self.post("/api/user/logout", RefreshToken(refresh_token), NoneType, token=None)

    async def me(self, token: str) -> OwnAccount:
        return await self.get("/api/user/me", OwnAccount, token=token)
