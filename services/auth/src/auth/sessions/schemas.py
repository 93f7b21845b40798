"""What signing in and out looks like on the wire."""

from typing import Annotated

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
