"""What all providers have in common (RFC 6749, 4.1): httpx-oauth, but it does not believe every answer."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Annotated, Final

import httpx
import msgspec
from httpx_oauth.oauth2 import BaseOAuth2, OAuth2ClientAuthMethod, OAuth2RequestError

from auth.oauth.errors import EmailUnverified, OAuthRefused
from auth.oauth.providers.provider_http import ProviderHttp
from auth.oauth.visits import Visit
from transcendence_common.problems import Problem

BAD_CODE: Final = frozenset({"invalid_grant", "bad_verification_code", "access_denied"})
"""Expired, used, another client's, or wrongly verified: in the standard's words and in GitHub's."""
UNVERIFIED: Final = "unverified_user_email"
"""GitHub gives no token to somebody whose address it has not verified."""
OUR_FAULT: Final = frozenset(
    {
        "incorrect_client_credentials",
        "invalid_client",
        "invalid_request",
        "redirect_uri_mismatch",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""The operator's registration is wrong, and the person can only come back later."""

VisibleToken = Annotated[str, msgspec.Meta(pattern=r"\A[\x21-\x7e]{1,8192}\Z")]
"""What can stand in a header."""


class Grant(msgspec.Struct, frozen=True):
    """A code's worth."""

    access_token: VisibleToken
    id_token: str | None = None


class _TokenAnswer(msgspec.Struct, frozen=True):
    access_token: VisibleToken | None = None
    token_type: str = ""
    id_token: str | None = None
    error: str | None = None


class CodeExchange(BaseOAuth2[dict[str, str]]):
    """httpx-oauth's client on our own connections."""

    def __init__(
        self,
        http: ProviderHttp,
        name: str,
        *,
        client_id: str,
        client_secret: str,
        authorize_endpoint: str,
        token_endpoint: str,
        scopes: list[str],
        auth_method: OAuth2ClientAuthMethod = "client_secret_post",
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            authorize_endpoint,
            token_endpoint,
            name=name,
            base_scopes=scopes,
            token_endpoint_auth_method=auth_method,
        )
        self._http = http

    async def address(self, visit: Visit, **extras: str) -> str:
        """Return where the browser asks its owner."""
        return await self.get_authorization_url(
            visit.redirect_uri,
            state=visit.state,
            code_challenge=visit.challenge,
            code_challenge_method="S256",
            extras_params=extras,
        )

    async def grant(self, code: str, visit: Visit) -> Grant:
        """Trade a code for an access token.

        Raises:
            OAuthRefused: the code is none, or is not for this visit.
            EmailUnverified: the provider wants an address verified first.
            ProviderDown, ProviderLied: no answer that can be used.
        """
        token = await self.get_access_token(code, visit.redirect_uri, visit.verifier)
        return msgspec.convert(dict(token), Grant)

    def get_httpx_client(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """httpx-oauth would open and close a client of its own for each call."""
        return nullcontext(self._http.client)

    async def send_request(
        self,
        client: httpx.AsyncClient,  # noqa: ARG002 - httpx-oauth's signature
        request: httpx.Request,
        auth: httpx.Auth | None,
        *,
        exc_class: type[OAuth2RequestError],  # noqa: ARG002
    ) -> httpx.Response:
        """A refusal is an answer, too: its body says what is refused."""
        return await self._http.send(request, auth)

    def get_json(
        self,
        response: httpx.Response,
        *,
        exc_class: type[OAuth2RequestError],  # noqa: ARG002
    ) -> dict[str, str | None]:
        """Return the part of a token answer that we use; httpx-oauth takes any JSON for one."""
        answer = self._http.decoded(response.content, _TokenAnswer)
        if answer.error is not None:
            raise self._refusal(answer.error)
        if not response.is_success:
            raise self._http.lied(f"status_{response.status_code}")
        if answer.access_token is None or answer.token_type.lower() != "bearer":
            raise self._http.lied("no_bearer_token")
        return {"access_token": answer.access_token, "id_token": answer.id_token}

    def _refusal(self, error: str) -> Problem:
        if error in BAD_CODE:
            return OAuthRefused()
        if error == UNVERIFIED:
            return EmailUnverified(self.name)
        # In no other words: what a provider says may be what it was told.
        return self._http.down(error if error in OUR_FAULT else "refused")
