"""Tokens with which a service calls others, obtained from auth for its secret."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Literal

import httpx
import msgspec

from transcendence_common.service_identity import INTERNAL_PATH, SERVICE_TOKENS_PATH

SHORTEST_SECRET = 32
"""Least characters of a service's secret."""
EXPIRY_MARGIN_SECONDS = 10
"""A token is no longer used this long before its end, so that a call with it arrives in time."""


class NoServiceToken(Exception):
    """auth is unavailable or refuses. The text contains no secret."""


class _TokenAnswer(msgspec.Struct):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class _CachedToken(msgspec.Struct, frozen=True):
    token: str
    until: float


class ServiceTokenSource:
    """Obtains tokens from auth and keeps them while they are valid.

    Concurrent requests for the same token share one call.
    """

    def __init__(
        self,
        auth: httpx.AsyncClient,
        name: str,
        secret: str,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take the client for AUTH_URL, and the name and secret of the calling service.

        The caller closes the client.
        """
        self._auth = auth
        self._credentials = httpx.BasicAuth(name, secret)
        self._clock = clock
        self._cached: dict[str, _CachedToken] = {}
        self._requests: dict[str, asyncio.Task[str]] = {}

    async def token(self, audience: str) -> str:
        """Return a token for calls to a service.

        Args:
            audience: the name of the service, such as "history".

        Raises:
            NoServiceToken: auth is unavailable or refuses; all waiting callers get the same error.
        """
        kept = self._cached.get(audience)
        if kept is not None and self._clock() < kept.until:
            return kept.token
        asking = self._requests.get(audience)
        if asking is None:
            asking = asyncio.create_task(self._request_token(audience))
            self._requests[audience] = asking
            asking.add_done_callback(lambda _: self._requests.pop(audience))
        # Shielded, so that a caller who stops waiting does not cancel the call for the others.
        return await asyncio.shield(asking)

    async def _request_token(self, audience: str) -> str:
        asked_at = self._clock()
        try:
            answer = await self._auth.post(
                f"{INTERNAL_PATH}{SERVICE_TOKENS_PATH}",
                data={"grant_type": "client_credentials", "audience": audience},
                auth=self._credentials,
            )
        except httpx.HTTPError as error:
            raise NoServiceToken(f"auth: {type(error).__name__}") from error
        if not answer.is_success:
            raise NoServiceToken(f"auth: status {answer.status_code}")
        try:
            found = msgspec.json.decode(answer.content, type=_TokenAnswer)
        except msgspec.MsgspecError as error:
            raise NoServiceToken("auth: an answer that is no token") from error
        self._cached[audience] = _CachedToken(
            found.access_token, until=asked_at + found.expires_in - EXPIRY_MARGIN_SECONDS
        )
        return found.access_token
