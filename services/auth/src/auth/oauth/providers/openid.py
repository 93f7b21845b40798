"""OpenID Connect providers: they all describe their users in the same standard format.

The ID token comes directly from the provider over TLS, which proves its origin as well as its signature would (OpenID
Connect Core, 3.1.3.7); its nonce ties the answer to this visit. Name and address are read from the userinfo endpoint,
whose `sub` must be the same (5.3.2).
"""

import binascii
from base64 import urlsafe_b64decode
from typing import ClassVar, Final

import msgspec

from auth.oauth.providers.address import usable_address
from auth.oauth.providers.code_exchange import CodeExchange, TokenGrant
from auth.oauth.providers.discovery import Discovery, Endpoints
from auth.oauth.providers.profile import Profile, Subject, as_label
from auth.oauth.providers.provider import Provider
from auth.oauth.visits import Visit
from auth.provider_settings import ProviderRegistration

SCOPES: Final = ["openid", "email", "profile"]
JWT_PARTS: Final = 3


class _IdClaims(msgspec.Struct, frozen=True):
    iss: str
    sub: Subject
    aud: str | list[str]
    nonce: str


class _UserInfo(msgspec.Struct, frozen=True):
    sub: Subject
    email: str | None = None
    email_verified: bool = False
    preferred_username: str | None = None
    given_name: str | None = None
    name: str | None = None


class OpenIdProvider(Provider):
    """A provider whose endpoints are known or, at an address chosen by the operator, discovered there."""

    endpoints: ClassVar[Endpoints]

    def __init__(self, registration: ProviderRegistration) -> None:
        super().__init__(registration)
        self._discovery = (
            Discovery(registration.base_url, self.http) if registration.base_url else None
        )

    async def _exchange(self) -> CodeExchange:
        endpoints = await self._endpoints()
        return CodeExchange(
            self.http,
            self.name,
            client_id=self._registration.client_id,
            client_secret=self._registration.client_secret,
            authorize_endpoint=endpoints.authorization,
            token_endpoint=endpoints.token,
            scopes=SCOPES,
            auth_method=endpoints.auth_method,
        )

    async def _read_profile(self, grant: TokenGrant, visit: Visit) -> Profile:
        endpoints = await self._endpoints()
        claims = self._id_token_claims(grant.id_token)
        audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
        if (
            claims.nonce != visit.nonce
            or claims.iss not in endpoints.issuers
            or audience != [self._registration.client_id]
        ):
            raise self.http.log_bad_answer("id_token_not_ours")
        info = await self.http.read_resource(endpoints.userinfo, grant.access_token, _UserInfo)
        if info.sub != claims.sub:
            raise self.http.log_bad_answer("two_subjects")
        return Profile(
            subject=info.sub,
            label=as_label(info.email or info.name or info.sub),
            verified_email=usable_address(info.email) if info.email_verified else None,
            suggested_name=_suggested_name(info),
        )

    async def _endpoints(self) -> Endpoints:
        return await self._discovery.endpoints() if self._discovery else self.endpoints

    def _id_token_claims(self, id_token: str | None) -> _IdClaims:
        parts = (id_token or "").split(".")
        if len(parts) != JWT_PARTS:
            raise self.http.log_bad_answer("no_id_token")
        try:
            body = urlsafe_b64decode(parts[1] + "==")
        except (binascii.Error, ValueError):
            raise self.http.log_bad_answer("no_id_token") from None
        return self.http.decode(body, _IdClaims)

    def _extra_parameters(self, visit: Visit, *, deliberate: bool) -> dict[str, str]:
        return {"nonce": visit.nonce, **super()._extra_parameters(visit, deliberate=deliberate)}


def _suggested_name(info: _UserInfo) -> str:
    local_part = (info.email or "").partition("@")[0]
    return info.preferred_username or info.given_name or info.name or local_part
