"""The provider GitHub, or the operator's GitHub Enterprise."""

from typing import Final

import msgspec
from litestar.status_codes import HTTP_403_FORBIDDEN, HTTP_404_NOT_FOUND

from auth.oauth.providers.address import usable_address
from auth.oauth.providers.code_exchange import CodeExchange, TokenGrant
from auth.oauth.providers.profile import NumericId, Profile, as_label
from auth.oauth.providers.provider import Provider
from auth.oauth.visits import Visit
from auth.provider_settings import ProviderRegistration

SITE: Final = "https://github.com"
API: Final = "https://api.github.com"
ENTERPRISE_API: Final = "/api/v3"
API_VERSION: Final = {"X-GitHub-Api-Version": "2022-11-28"}
MOST_ADDRESSES: Final = 100

NO_ACCESS: Final = frozenset({HTTP_403_FORBIDDEN, HTTP_404_NOT_FOUND})
"""Status codes if the app or the user did not grant `user:email`."""


class _User(msgspec.Struct, frozen=True):
    id: NumericId
    login: str


class _Email(msgspec.Struct, frozen=True):
    email: str
    primary: bool
    verified: bool


class GitHub(Provider):
    """GitHub as a provider; users are identified by number, because logins are renamed and reassigned."""

    id = "github"
    name = "GitHub"

    def __init__(self, registration: ProviderRegistration) -> None:
        super().__init__(registration)
        site = registration.base_url or SITE
        self._api = f"{site}{ENTERPRISE_API}" if registration.base_url else API
        self._codes = CodeExchange(
            self.http,
            self.name,
            client_id=registration.client_id,
            client_secret=registration.client_secret,
            authorize_endpoint=f"{site}/login/oauth/authorize",
            token_endpoint=f"{site}/login/oauth/access_token",
            scopes=["user:email"],
        )

    async def _exchange(self) -> CodeExchange:
        return self._codes

    async def _read_profile(self, grant: TokenGrant, visit: Visit) -> Profile:  # noqa: ARG002
        user = await self.http.read_resource(
            f"{self._api}/user", grant.access_token, _User, **API_VERSION
        )
        return Profile(
            subject=str(user.id),
            label=as_label(user.login),
            verified_email=usable_address(await self._verified_address(grant.access_token)),
            suggested_name=user.login,
        )

    async def _verified_address(self, access_token: str) -> str | None:
        """Return the primary verified address. The profile's own address is not verified and may be another
        person's."""
        url = f"{self._api}/user/emails?per_page={MOST_ADDRESSES}"
        response = await self.http.get(url, access_token, **API_VERSION)
        if response.status_code in NO_ACCESS:
            return None
        if not response.is_success:
            raise self.http.log_bad_answer(f"status_{response.status_code}")
        addresses = self.http.decode(response.content, list[_Email])
        return next((each.email for each in addresses if each.primary and each.verified), None)
