"""What signing in and out looks like on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class Credentials(msgspec.Struct, frozen=True):
    """Both are needed; one left out is empty, as in `Registration` and for the same reason."""

    username: Annotated[str, msgspec.Meta(description="Needed; the name or the e-mail address")] = (
        ""
    )
    password: Annotated[str, msgspec.Meta(description="Needed")] = ""


class Renewal(msgspec.Struct, frozen=True):
    """Shows a refresh token to get the next."""

    refresh_token: str


class SignOut(msgspec.Struct, frozen=True):
    """Names the session to end; without a token it is the one of the access token."""

    refresh_token: str | None = None


class Tokens(msgspec.Struct, frozen=True):
    """A signed-in session in its holder's hands (RFC 6749, 5.1); `expires_in` is seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class Challenge(msgspec.Struct, frozen=True):
    """A second factor is asked for; `expires_in` is seconds."""

    challenge: str
    expires_in: int


class OpenSession(msgspec.Struct, frozen=True):
    """Where somebody is signed in; `current` is the session that asks."""

    id: UUID
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    current: bool


class OpenSessions(msgspec.Struct, frozen=True):
    """All of them, used last first."""

    items: list[OpenSession]


class ConfirmationRequest(msgspec.Struct, frozen=True):
    """Proves again who one is; a password left out is an empty one, as in `Credentials`."""

    password: Annotated[str, msgspec.Meta(description="Needed")] = ""
    code: Annotated[str | None, msgspec.Meta(description="Needed with two-factor sign-in")] = None
