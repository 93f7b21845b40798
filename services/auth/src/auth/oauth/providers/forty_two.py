"""The provider 42, a school."""

from typing import Final

import msgspec

from auth.oauth.providers.address import usable_address
from auth.oauth.providers.code_exchange import CodeExchange, TokenGrant
from auth.oauth.providers.profile import NumericId, Profile, as_label
from auth.oauth.providers.provider import Provider
from auth.oauth.visits import Visit
from auth.provider_settings import ProviderRegistration

API_URL: Final = "https://api.intra.42.fr"


class _Me(msgspec.Struct, frozen=True):
    id: NumericId
    login: str
    email: str | None = None


class FortyTwo(Provider):
    """42 as a provider; its users are students with a login."""

    id = "42"
    name = "42"

    def __init__(self, registration: ProviderRegistration) -> None:
        super().__init__(registration)
        self._base_url = registration.base_url or API_URL
        self._codes = CodeExchange(
            self.http,
            self.name,
            client_id=registration.client_id,
            client_secret=registration.client_secret,
            authorize_endpoint=f"{self._base_url}/oauth/authorize",
            token_endpoint=f"{self._base_url}/oauth/token",
            scopes=["public"],
        )

    async def _exchange(self) -> CodeExchange:
        return self._codes

    async def _read_profile(self, grant: TokenGrant, visit: Visit) -> Profile:  # noqa: ARG002
        me = await self.http.read_resource(f"{self._base_url}/v2/me", grant.access_token, _Me)
        return Profile(
            subject=str(me.id),
            label=as_label(me.login),
            # The address counts as verified: the school assigns it, or checked it when the student applied.
            verified_email=usable_address(me.email),
            suggested_name=me.login,
        )

    def _extra_parameters(self, visit: Visit, *, deliberate: bool) -> dict[str, str]:  # noqa: ARG002
        """Return no extra parameters: 42 has none that forces an account choice."""
        return {}
