"""Public keys of auth, fetched once and kept, so that a token is verified without a request."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from time import monotonic

import httpx
import msgspec
import structlog
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JWKError
from litestar import Litestar

from transcendence_common.http_client import service_client
from transcendence_common.identity import ALGORITHM
from transcendence_common.problems import Unavailable

JWKS_PATH = "/api/user/.well-known/jwks.json"
REFETCH_SECONDS = 10.0
"""Least interval of requests to auth because of unknown key ids, so that made-up ids cause no flood."""

logger = structlog.get_logger("transcendence.jwks")


class _KeySet(msgspec.Struct):
    keys: list[dict[str, str]]


class JwksKeys:
    """Source of keys over HTTP: keys stay usable while auth is down, and a new key is fetched when it first appears."""

    def __init__(self, auth_url: str, *, clock: Callable[[], float] = monotonic) -> None:
        self._client = service_client(auth_url)
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._asked_at = float("-inf")
        self._times_asked = 0
        self._asking = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        """Return the key with this id, fetching auth's keys if it is unknown; None if auth has no such key.

        Raises:
            Unavailable: no key is known and auth cannot be reached.
        """
        if kid not in self._keys:
            seen = self._times_asked
            async with self._asking:
                if kid not in self._keys and self._may_fetch(seen):
                    await self._fetch()
        if not self._keys:
            raise Unavailable("The keys that tokens are checked with cannot be had.")
        return self._keys.get(kid)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Close the connection to auth when the application stops."""
        async with self._client:
            yield

    def _may_fetch(self, seen: int) -> bool:
        if self._keys:
            return self._clock() - self._asked_at >= REFETCH_SECONDS
        # Without any key each request tries again, but those waiting for an attempt share its outcome. If auth hangs,
        # they would otherwise wait for one time limit after the other.
        return self._times_asked == seen

    async def _fetch(self) -> None:
        try:
            answer = await self._client.get(JWKS_PATH)
            answer.raise_for_status()
            found = msgspec.json.decode(answer.content, type=_KeySet)
            self._keys = {key["kid"]: jwk.construct(key, ALGORITHM) for key in found.keys}
        except (httpx.HTTPError, msgspec.MsgspecError, JWKError, KeyError) as error:
            logger.warning(
                "keys not fetched",
                **{
                    "event.action": "jwks-fetch",
                    "event.outcome": "failure",
                    "error.type": type(error).__name__,
                    "error.message": str(error),
                },
            )
        self._asked_at = self._clock()
        self._times_asked += 1
