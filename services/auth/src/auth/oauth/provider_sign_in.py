import msgspec

from auth.oauth.providers.profile import Profile
from transcendence_common.caller import Caller


class ProviderSignIn(msgspec.Struct, frozen=True):
    """A person who returned from a provider: the provider's profile of them, and the request's device and address."""

    provider: str
    provider_name: str
    profile: Profile
    caller: Caller

    @property
    def method(self) -> str:
        """The sign-in method as the security log names it."""
        return f"oauth:{self.provider}"
