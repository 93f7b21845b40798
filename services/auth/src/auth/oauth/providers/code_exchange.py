"""OAuth 2.0 code exchange (RFC 6749, 4.1) for all providers: httpx-oauth with stricter checks of the answers."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Annotated, Final

import httpx
import msgspec
from httpx_oauth.oauth2 import BaseOAuth2, OAuth2ClientAuthMethod, OAuth2RequestError

from auth.oauth.errors import EmailUnverified, OAuthRefused
from auth.oauth.providers.provider_http import ProviderHttp
from auth.oauth.visits import Visit
from transcendence_common.problems import Problem

BAD_CODE_ERRORS: Final = frozenset({"invalid_grant", "bad_verification_code", "access_denied"})
"""Error codes, of the standard and of GitHub, for a code that is expired, used, another client's, or wrongly
verified."""
UNVERIFIED_ERROR: Final = "unverified_user_email"
"""GitHub's error code for a user without a verified address; it issues no token to them."""
OUR_FAULT_ERRORS: Final = frozenset(
    {
        "incorrect_client_credentials",
        "invalid_client",
        "invalid_request",
        "redirect_uri_mismatch",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""Error codes for a wrong registration of this platform. The operator must fix it; the player can only try again
later."""

VisibleToken = Annotated[str, msgspec.Meta(pattern=r"\A[\x21-\x7e]{1,8192}\Z")]
"""Characters that an HTTP header can contain."""


class TokenGrant(msgspec.Struct, frozen=True):
    """The tokens that a code was exchanged for."""

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

    async def consent_url(self, visit: Visit, **extras: str) -> str:
        """Return the provider's URL at which the browser asks for consent."""
        return await self.get_authorization_url(
            visit.redirect_uri,
            state=visit.state,
            code_challenge=visit.pkce_challenge,
            code_challenge_method="S256",
            extras_params=extras,
        )

    async def exchange_code(self, code: str, visit: Visit) -> TokenGrant:
        """Exchange a code for an access token.

        Raises:
            OAuthRefused: the code is invalid, or not for this visit.
            EmailUnverified: the provider requires a verified address first.
            ProviderDown, ProviderLied: there is no usable answer.
        """
        token = await self.get_access_token(code, visit.redirect_uri, visit.verifier)
        return msgspec.convert(dict(token), TokenGrant)

    def get_httpx_client(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """Return our client; httpx-oauth would open and close one for each call."""
        return nullcontext(self._http.client)

    async def send_request(
        self,
        client: httpx.AsyncClient,  # noqa: ARG002 - httpx-oauth's signature
        request: httpx.Request,
        auth: httpx.Auth | None,
        *,
        exc_class: type[OAuth2RequestError],  # noqa: ARG002
    ) -> httpx.Response:
        """Send a request and return error answers too, because their body says what is wrong."""
        return await self._http.send(request, auth)

    def get_json(
        self,
        response: httpx.Response,
        *,
        exc_class: type[OAuth2RequestError],  # noqa: ARG002
    ) -> dict[str, str | None]:
        """Return the used part of a token answer, validated; httpx-oauth accepts any JSON."""
        answer = self._http.decode(response.content, _TokenAnswer)
        if answer.error is not None:
            raise self._problem_for(answer.error)
        if not response.is_success:
            raise self._http.log_bad_answer(f"status_{response.status_code}")
        if answer.access_token is None or answer.token_type.lower() != "bearer":
            raise self._http.log_bad_answer("no_bearer_token")
        return {"access_token": answer.access_token, "id_token": answer.id_token}

    def _problem_for(self, error: str) -> Problem:
        if error in BAD_CODE_ERRORS:
            return OAuthRefused()
        if error == UNVERIFIED_ERROR:
            return EmailUnverified(self.name)
        # Only known codes are logged, because a provider's text may repeat secrets that were sent to it.
        return self._http.log_provider_down(error if error in OUR_FAULT_ERRORS else "refused")
