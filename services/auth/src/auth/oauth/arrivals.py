"""Somebody who has come back from a provider."""

from datetime import datetime

import msgspec

from auth.oauth.providers.profile import Profile
from transcendence_common.caller import Caller


class Arrival(msgspec.Struct, frozen=True):
    """Who the provider says they are, from where they come, and when."""

    provider: str
    provider_name: str
    profile: Profile
    caller: Caller
    now: datetime

    @property
    def method(self) -> str:
        """How they show who they are, as the security log has it."""
        return f"oauth:{self.provider}"
