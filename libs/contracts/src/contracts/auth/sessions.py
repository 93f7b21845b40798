"""Sign-in, sign-out and sessions on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class Credentials(msgspec.Struct, frozen=True):
    """A username or address, and a password. A missing field counts as empty, as in `Registration`."""

    username: Annotated[str, msgspec.Meta(description="Needed; the name or the e-mail address")] = (
        ""
    )
    password: Annotated[str, msgspec.Meta(description="Needed")] = ""


class TokenRenewal(msgspec.Struct, frozen=True):
    """A refresh token to exchange for new tokens."""

    refresh_token: str


class SignOutRequest(msgspec.Struct, frozen=True):
    """The refresh token of the session to end; without it, the session of the access token ends."""

    refresh_token: str | None = None


class Tokens(msgspec.Struct, frozen=True):
    """The tokens of a signed-in session (RFC 6749, 5.1); `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class SecondFactorChallenge(msgspec.Struct, frozen=True):
    """A request for the second factor; `expires_in` is in seconds."""

    challenge: str
    expires_in: int


class OpenSession(msgspec.Struct, frozen=True):
    """A session of the caller's account; `current` marks the session of this request."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    current: bool


class OpenSessions(msgspec.Struct, frozen=True):
    """All sessions of the account, the last used first."""

    items: list[OpenSession]


class ConfirmationRequest(msgspec.Struct, frozen=True):
    """A reauthentication; a missing password counts as empty, as in `Credentials`."""

    password: Annotated[str, msgspec.Meta(description="Needed")] = ""
    code: Annotated[str | None, msgspec.Meta(description="Needed with two-factor sign-in")] = None
