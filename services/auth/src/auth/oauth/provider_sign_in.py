"""Somebody who has come back from a provider."""

import msgspec

from auth.oauth.providers.profile import Profile
from transcendence_common.caller import Caller


class ProviderSignIn(msgspec.Struct, frozen=True):
    """Who the provider says they are, and from where they come."""

    provider: str
    provider_name: str
    profile: Profile
    caller: Caller

    @property
    def method(self) -> str:
        """How they show who they are, as the security log has it."""
        return f"oauth:{self.provider}"
