"""Finds an OpenID provider's endpoints with OpenID Connect Discovery."""

from time import monotonic
from typing import Final

import httpx
import msgspec
from httpx_oauth.oauth2 import OAuth2ClientAuthMethod

from auth.oauth.providers.provider_http import ProviderHttp

DOCUMENT_PATH: Final = "/.well-known/openid-configuration"
CACHED_SECONDS: Final = 60 * 60


class Endpoints(msgspec.Struct, frozen=True):
    """The endpoints of an OpenID provider."""

    issuers: tuple[str, ...]
    authorization: str
    token: str
    userinfo: str
    auth_method: OAuth2ClientAuthMethod = "client_secret_post"


class _Document(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    # The default of the standard.
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Discovery:
    """Fetches a provider's discovery document, and caches it for an hour."""

    def __init__(self, issuer: str, http: ProviderHttp) -> None:
        self._issuer = issuer
        self._http = http
        self._known: Endpoints | None = None
        self._known_until = float("-inf")

    async def endpoints(self) -> Endpoints:
        """Return the provider's endpoints.

        Raises:
            ProviderDown: the provider does not answer.
            ProviderLied: the document is another issuer's, or names an endpoint on another host.
        """
        if self._known is None or monotonic() >= self._known_until:
            self._known = await self._fetch_endpoints()
            self._known_until = monotonic() + CACHED_SECONDS
        return self._known

    async def _fetch_endpoints(self) -> Endpoints:
        request = self._http.client.build_request("GET", self._issuer + DOCUMENT_PATH)
        response = await self._http.send(request)
        if not response.is_success:
            raise self._http.log_bad_answer(f"status_{response.status_code}")
        found = self._http.decode(response.content, _Document)
        endpoints = (found.authorization_endpoint, found.token_endpoint, found.userinfo_endpoint)
        if found.issuer.rstrip("/") != self._issuer or not all(map(self._is_at_issuer, endpoints)):
            raise self._http.log_bad_answer("another_issuer")
        posts = "client_secret_post" in found.token_endpoint_auth_methods_supported
        return Endpoints(
            (found.issuer,),
            *endpoints,
            auth_method="client_secret_post" if posts else "client_secret_basic",
        )

    def _is_at_issuer(self, endpoint: str) -> bool:
        """Tell whether an endpoint has the issuer's scheme, host and port: the client secret is sent there, so it must
        not go to another host or over plain HTTP."""
        try:
            there, here = httpx.URL(endpoint), httpx.URL(self._issuer)
        except httpx.InvalidURL:
            return False
        return (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
