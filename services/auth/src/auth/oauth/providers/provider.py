"""What every provider is: a name, an address to send browsers to, and a profile for the code that they bring back."""

from abc import ABC, abstractmethod
from typing import ClassVar

from auth.oauth.providers.code_exchange import CodeExchange, Grant
from auth.oauth.providers.profile import Profile
from auth.oauth.providers.provider_http import ProviderHttp
from auth.oauth.visits import Visit
from auth.provider_settings import Registration

CHOOSE_ACCOUNT = {"prompt": "select_account"}
"""A browser that is signed in there comes back at once, without anybody having done anything, unless it is asked."""


class Provider(ABC):
    """Somebody who knows people that come here."""

    id: ClassVar[str]
    name: ClassVar[str]

    def __init__(self, registration: Registration) -> None:
        self._registration = registration
        self.http = ProviderHttp(self.name, own_network=bool(registration.base_url))

    async def authorization_url(self, visit: Visit, *, deliberate: bool) -> str:
        """Return where to send a browser; `deliberate` where its person has to do something there.

        Raises:
            ProviderDown, ProviderLied: it has to be asked for that, and gives no answer or a senseless one.
        """
        async with self.http.in_time():
            exchange = await self._exchange()
        return await exchange.address(visit, **self._extras(visit, deliberate=deliberate))

    async def profile(self, code: str, visit: Visit) -> Profile:
        """Return who came back.

        Raises:
            OAuthRefused: the code is none, or is not for this visit.
            EmailUnverified: the provider wants an address verified first.
            ProviderDown, ProviderLied: no answer that can be used.
        """
        async with self.http.in_time():
            exchange = await self._exchange()
            return await self._read_profile(await exchange.grant(code, visit), visit)

    @abstractmethod
    async def _exchange(self) -> CodeExchange:
        """Return what trades codes; a provider may have to be asked for its addresses first."""

    @abstractmethod
    async def _read_profile(self, grant: Grant, visit: Visit) -> Profile: ...

    def _extras(self, visit: Visit, *, deliberate: bool) -> dict[str, str]:  # noqa: ARG002 - for those that need it
        return CHOOSE_ACCOUNT if deliberate else {}
