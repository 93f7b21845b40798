"""What signing in with other providers looks like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from contracts.auth.sessions import Challenge, Tokens

LONGEST_PATH = 2000
LONGEST_TOKEN = 64
LONGEST_CODE = 4096
"""Google's have about a hundred characters; nobody says how long a code may be."""

LocalPath = Annotated[
    str,
    msgspec.Meta(
        max_length=LONGEST_PATH,
        # Browsers read `//host` and `/\host` as another site's address.
        pattern=r"\A/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*\Z",
        description="A path on this site",
    ),
]
Token = Annotated[str, msgspec.Meta(max_length=LONGEST_TOKEN)]
Intent = Literal["sign_in", "link", "confirm"]
Outcome = Literal["signed_in", "registered", "two_factor", "linked", "confirmed"]


class ShownProvider(msgspec.Struct, frozen=True):
    """Somebody whom people may sign in with."""

    id: str
    name: str


class ProviderList(msgspec.Struct, frozen=True):
    """Those that are configured."""

    items: list[ShownProvider]


class Departure(msgspec.Struct, frozen=True):
    """Says why somebody visits a provider, and where on this site they want to be afterwards."""

    intent: Intent
    next: LocalPath | None = None


class StartedFlow(msgspec.Struct, frozen=True):
    """Where to send the browser, and the token that it keeps meanwhile; `expires_in` is seconds."""

    authorization_url: str
    flow: str
    expires_in: int


class Return(msgspec.Struct, frozen=True):
    """Who sent the browser back, the browser's token, and what it came back with."""

    provider: Annotated[str, msgspec.Meta(max_length=LONGEST_TOKEN)]
    flow: Token
    state: Token
    code: Annotated[str, msgspec.Meta(max_length=LONGEST_CODE)]


class FinishedFlow(msgspec.Struct, frozen=True):
    """What came of a visit: `tokens` for who is signed in now, `challenge` for who has to show a second factor."""

    result: Outcome
    next: str | None
    tokens: Tokens | None = None
    challenge: Challenge | None = None


class LinkedIdentity(msgspec.Struct, frozen=True):
    """An account at a provider that opens one's own; `label` is its name or address there."""

    provider: str
    name: str
    label: str
    linked_at: datetime


class IdentityList(msgspec.Struct, frozen=True):
    """One's own."""

    items: list[LinkedIdentity]
