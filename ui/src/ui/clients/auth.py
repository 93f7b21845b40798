"""Accounts and sessions, as auth serves them."""

from types import NoneType

from contracts.auth.accounts import Me, Registered, Registration
from contracts.auth.sessions import Challenge, Credentials, Renewal, Tokens
from contracts.auth.two_factor import ChallengeAnswer
from ui.clients.backend import Backend


class AuthClient(Backend):
    async def register(self, registration: Registration) -> Registered:
        return await self.post("/api/user/register", registration, Registered, token=None)

    async def sign_in(self, credentials: Credentials) -> Tokens | Challenge:
        return await self.post_or("/api/user/login", credentials, Tokens, Challenge, token=None)

    async def answer_challenge(self, answer: ChallengeAnswer) -> Tokens:
        return await self.post("/api/user/login/two-factor", answer, Tokens, token=None)

    async def renew(self, refresh_token: str) -> Tokens:
        body = Renewal(refresh_token)
        return await self.post("/api/user/refresh", body, Tokens, token=None)

    async def sign_out(self, refresh_token: str) -> None:
        await self.post("/api/user/logout", Renewal(refresh_token), NoneType, token=None)

    async def me(self, token: str) -> Me:
        return await self.get("/api/user/me", Me, token=token)
