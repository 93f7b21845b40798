"""Ways in beside the password, and the proof that whoever is signed in is still there."""

from types import NoneType
from typing import Final, Literal
from urllib.parse import quote

import msgspec

from ui.clients.auth import Challenge, Tokens
from ui.clients.backend import Backend

LIST_SECONDS: Final = 1.0
"""A list of buttons is not worth a longer wait: the page works without them."""
PROVIDER_SECONDS: Final = 15.0
"""Auth asks the provider meanwhile, twice and far away."""

Intent = Literal["sign_in", "link", "confirm"]
Outcome = Literal["signed_in", "registered", "two_factor", "linked", "confirmed"]


class Provider(msgspec.Struct, frozen=True):
    id: str
    name: str


class ProviderList(msgspec.Struct, frozen=True):
    items: list[Provider]


class FlowStart(msgspec.Struct, frozen=True, omit_defaults=True):
    intent: Intent
    next: str | None = None


class Flow(msgspec.Struct, frozen=True):
    """One trip to a provider; whoever holds `flow` may finish it."""

    authorization_url: str
    flow: str
    expires_in: int


class FlowEnd(msgspec.Struct, frozen=True):
    """Whose return it is, what the browser kept, and what the provider sent it back with."""

    provider: str
    flow: str
    state: str
    code: str


class FlowResult(msgspec.Struct, frozen=True):
    result: Outcome
    next: str | None = None
    tokens: Tokens | None = None
    challenge: Challenge | None = None


class PasskeyRequest(msgspec.Struct, frozen=True):
    """What a browser asks its authenticator, as WebAuthn's own JSON."""

    ceremony: str
    public_key: msgspec.Raw


class PasskeyAnswer(msgspec.Struct, frozen=True):
    ceremony: str
    credential: msgspec.Raw


class Proof(msgspec.Struct, frozen=True, omit_defaults=True):
    password: str
    code: str | None = None


class WaysInClient(Backend):
    async def providers(self) -> list[Provider]:
        path = "/api/user/oauth/providers"
        return (await self.get(path, ProviderList, token=None, seconds=LIST_SECONDS)).items

    async def start(self, provider: str, start: FlowStart, token: str | None) -> Flow:
        path = f"/api/user/oauth/{quote(provider, safe='')}/start"
        return await self.post(path, start, Flow, token=token, seconds=PROVIDER_SECONDS)

    async def finish(self, end: FlowEnd, token: str | None) -> FlowResult:
        path = "/api/user/oauth/finish"
        return await self.post(path, end, FlowResult, token=token, seconds=PROVIDER_SECONDS)

    async def passkey_request(self) -> PasskeyRequest:
        path = "/api/user/login/passkey/options"
        return await self.post(path, None, PasskeyRequest, token=None)

    async def sign_in_with_passkey(self, answer: PasskeyAnswer) -> Tokens:
        return await self.post("/api/user/login/passkey", answer, Tokens, token=None)

    async def confirm(self, proof: Proof, token: str) -> None:
        await self.post("/api/user/sessions/confirmation", proof, NoneType, token=token)

    async def confirmation_passkey_request(self, token: str) -> PasskeyRequest:
        path = "/api/user/sessions/confirmation/passkey/options"
        return await self.post(path, None, PasskeyRequest, token=token)

    async def confirm_with_passkey(self, answer: PasskeyAnswer, token: str) -> None:
        path = "/api/user/sessions/confirmation/passkey"
        await self.post(path, answer, NoneType, token=token)
