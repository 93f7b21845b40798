"""Base class of all providers: a name, an authorization URL, and a profile in exchange for a code."""

from abc import ABC, abstractmethod
from typing import ClassVar

from auth.oauth.providers.code_exchange import CodeExchange, TokenGrant
from auth.oauth.providers.profile import Profile
from auth.oauth.providers.provider_http import ProviderHttp
from auth.oauth.visits import Visit
from auth.provider_settings import ProviderRegistration

CHOOSE_ACCOUNT_PARAMETERS = {"prompt": "select_account"}
"""Asks the provider to show its account choice. Otherwise a browser that is signed in there returns at once, without
any action of its user."""


class Provider(ABC):
    """A service whose users can sign in here."""

    id: ClassVar[str]
    name: ClassVar[str]

    def __init__(self, registration: ProviderRegistration) -> None:
        self._registration = registration
        self.http = ProviderHttp(self.name, own_network=bool(registration.base_url))

    async def authorization_url(self, visit: Visit, *, deliberate: bool) -> str:
        """Return the URL to send a browser to; `deliberate` if the user must take an action there.

        Raises:
            ProviderDown, ProviderLied: the endpoints must be discovered first, and there is no usable answer.
        """
        async with self.http.limit_time():
            exchange = await self._exchange()
        return await exchange.consent_url(
            visit, **self._extra_parameters(visit, deliberate=deliberate)
        )

    async def fetch_profile(self, code: str, visit: Visit) -> Profile:
        """Return the profile of the person who returned with a code.

        Raises:
            OAuthRefused: the code is invalid, or not for this visit.
            EmailUnverified: the provider requires a verified address first.
            ProviderDown, ProviderLied: there is no usable answer.
        """
        async with self.http.limit_time():
            exchange = await self._exchange()
            return await self._read_profile(await exchange.exchange_code(code, visit), visit)

    @abstractmethod
    async def _exchange(self) -> CodeExchange:
        """Return the client that exchanges codes; the endpoints may have to be discovered first."""

    @abstractmethod
    async def _read_profile(self, grant: TokenGrant, visit: Visit) -> Profile: ...

    def _extra_parameters(self, visit: Visit, *, deliberate: bool) -> dict[str, str]:  # noqa: ARG002 - for those that need it
        return CHOOSE_ACCOUNT_PARAMETERS if deliberate else {}
