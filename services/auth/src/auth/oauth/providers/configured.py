from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from litestar import Litestar

from auth.oauth.errors import NoSuchProvider
from auth.oauth.providers.forty_two import FortyTwo
from auth.oauth.providers.github import GitHub
from auth.oauth.providers.google import Google
from auth.oauth.providers.provider import Provider
from auth.provider_settings import ProviderRegistration
from contracts.auth.oauth import ProviderDetails

PROVIDER_CLASSES: tuple[type[Provider], ...] = (FortyTwo, GitHub, Google)
PROVIDER_NAMES = {kind.id: kind.name for kind in PROVIDER_CLASSES}
"""Names of all providers, including those not or no longer configured, because linked identities remain."""


class Providers:
    """The configured providers, in the order in which they are shown."""

    def __init__(self, registrations: Mapping[str, ProviderRegistration]) -> None:
        self._configured = {
            kind.id: kind(registrations[kind.id])
            for kind in PROVIDER_CLASSES
            if kind.id in registrations
        }

    def find_provider(self, provider: str) -> Provider:
        """Return a configured provider.

        Raises:
            NoSuchProvider: the provider is not configured.
        """
        found = self._configured.get(provider)
        if found is None:
            raise NoSuchProvider
        return found

    def provider_details(self) -> list[ProviderDetails]:
        return [ProviderDetails(each.id, each.name) for each in self._configured.values()]

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Close the connections when the application stops."""
        yield
        for provider in self._configured.values():
            await provider.http.client.aclose()
