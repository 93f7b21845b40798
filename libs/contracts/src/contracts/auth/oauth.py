"""Sign-in with other providers on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from contracts.auth.sessions import SecondFactorChallenge, Tokens

LONGEST_PATH = 2000
LONGEST_TOKEN = 64
LONGEST_CODE = 4096
"""Longest code of a provider. Google's have about 100 characters; the standard sets no limit."""

LocalPath = Annotated[
    str,
    msgspec.Meta(
        max_length=LONGEST_PATH,
        # Browsers read these paths as another site's address: `//host`, and the same with a backslash.
        pattern=r"\A/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*\Z",
        description="A path on this site",
    ),
]
FlowToken = Annotated[str, msgspec.Meta(max_length=LONGEST_TOKEN)]
ProviderVisitIntent = Literal["sign_in", "link", "confirm"]
ProviderVisitOutcome = Literal["signed_in", "registered", "two_factor", "linked", "confirmed"]


class ProviderDetails(msgspec.Struct, frozen=True):
    """A provider for signing in."""

    id: str
    name: str


class ProviderList(msgspec.Struct, frozen=True):
    """The configured providers."""

    items: list[ProviderDetails]


class ProviderVisitStart(msgspec.Struct, frozen=True):
    """The start of a visit to a provider: its purpose, and the path on this site to return to."""

    intent: ProviderVisitIntent
    next: LocalPath | None = None


class StartedProviderVisit(msgspec.Struct, frozen=True):
    """A started visit: the provider's address for the browser, and the token that the browser stores meanwhile.

    `expires_in` is in seconds.
    """

    authorization_url: str
    flow: str
    expires_in: int


class ProviderVisitEnd(msgspec.Struct, frozen=True):
    """The end of a visit to a provider: the provider, the browser's token, and the parameters that it returned with."""

    provider: Annotated[str, msgspec.Meta(max_length=LONGEST_TOKEN)]
    flow: FlowToken
    state: FlowToken
    code: Annotated[str, msgspec.Meta(max_length=LONGEST_CODE)]


class FinishedProviderVisit(msgspec.Struct, frozen=True):
    """The result of a visit: `tokens` if the user is signed in, `challenge` if a second factor is needed."""

    result: ProviderVisitOutcome
    next: str | None
    tokens: Tokens | None = None
    challenge: SecondFactorChallenge | None = None


class LinkedIdentity(msgspec.Struct, frozen=True):
    """An account at a provider linked to the caller's own; `label` is its name or address there."""

    provider: str
    name: str
    label: str
    linked_at: datetime


class IdentityList(msgspec.Struct, frozen=True):
    """The caller's linked accounts."""

    items: list[LinkedIdentity]
