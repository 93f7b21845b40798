"""What another service asks auth for, and gets (RFC 6749, 4.4 and 5.1)."""

from typing import Annotated, Literal

import msgspec


class ServiceTokenRequest(msgspec.Struct, frozen=True):
    """Asks for a token with which one other service may be called."""

    grant_type: Literal["client_credentials"]
    audience: Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{1,32}\Z")]


class ServiceToken(msgspec.Struct, frozen=True):
    """A token in the hands of the service that calls; `expires_in` is seconds."""

    access_token: str
    token_type: str
    expires_in: int
