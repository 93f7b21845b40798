"""Requests of other services for tokens, and the answers (RFC 6749, 4.4 and 5.1)."""

from typing import Annotated, Literal

import msgspec


class ServiceTokenRequest(msgspec.Struct, frozen=True):
    """A request for a token to call one other service."""

    grant_type: Literal["client_credentials"]
    audience: Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{1,32}\Z")]


class ServiceToken(msgspec.Struct, frozen=True):
    """A token for the calling service; `expires_in` is in seconds."""

    access_token: str
    token_type: str
    expires_in: int
