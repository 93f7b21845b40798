"""Ways in beside the password, and the proof that whoever is signed in is still there."""

from types import NoneType
from typing import Final
from urllib.parse import quote

import msgspec

from contracts.auth.oauth import (
    Departure,
    FinishedFlow,
    ProviderList,
    Return,
    ShownProvider,
    StartedFlow,
)
from contracts.auth.sessions import ConfirmationRequest, Tokens
from ui.clients.backend import Backend

LIST_SECONDS: Final = 1.0
"""A list of buttons is not worth a longer wait: the page works without them."""
PROVIDER_SECONDS: Final = 15.0
"""Auth asks the provider meanwhile, twice and far away."""


class PasskeyRequest(msgspec.Struct, frozen=True):
    """What a browser asks its authenticator, as WebAuthn's own JSON."""

    ceremony: str
    public_key: msgspec.Raw


class PasskeyAnswer(msgspec.Struct, frozen=True):
    ceremony: str
    credential: msgspec.Raw


class WaysInClient(Backend):
    async def providers(self) -> list[ShownProvider]:
        path = "/api/user/oauth/providers"
        return (await self.get(path, ProviderList, token=None, seconds=LIST_SECONDS)).items

    async def start(self, provider: str, start: Departure, token: str | None) -> StartedFlow:
        path = f"/api/user/oauth/{quote(provider, safe='')}/start"
        return await self.post(path, start, StartedFlow, token=token, seconds=PROVIDER_SECONDS)

    async def finish(self, end: Return, token: str | None) -> FinishedFlow:
        path = "/api/user/oauth/finish"
        return await self.post(path, end, FinishedFlow, token=token, seconds=PROVIDER_SECONDS)

    async def passkey_request(self) -> PasskeyRequest:
        path = "/api/user/login/passkey/options"
        return await self.post(path, None, PasskeyRequest, token=None)

    async def sign_in_with_passkey(self, answer: PasskeyAnswer) -> Tokens:
        return await self.post("/api/user/login/passkey", answer, Tokens, token=None)

    async def confirm(self, proof: ConfirmationRequest, token: str) -> None:
        await self.post("/api/user/sessions/confirmation", proof, NoneType, token=token)

    async def confirmation_passkey_request(self, token: str) -> PasskeyRequest:
        path = "/api/user/sessions/confirmation/passkey/options"
        return await self.post(path, None, PasskeyRequest, token=token)

    async def confirm_with_passkey(self, answer: PasskeyAnswer, token: str) -> None:
        path = "/api/user/sessions/confirmation/passkey"
        await self.post(path, answer, NoneType, token=token)
