"""Calls to providers: services of others, on the internet, which may be slow, broken or broken into.

Every answer is waited for and read only so far, no redirect is followed, and what is decoded has the form that was
expected. Nothing that was sent or received is logged: it is all codes, tokens and addresses.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeVar, cast

import httpx
import msgspec
import structlog

from auth.oauth.errors import ProviderDown, ProviderLied

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
"""For all that one visit asks of a provider; a person is waiting."""
MOST_BYTES = 1024 * 1024
"""42 tells everything that a student ever did in one answer: some hundred kilobytes."""
MAX_CONNECTIONS = 20
KEEP_ALIVE_SECONDS = 2.0
"""Long enough for the next call of the same visit. What idles longer may be closed as it is used, and a code that was
sent cannot be sent again."""

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

WireT = TypeVar("WireT")

logger = structlog.get_logger("auth.oauth")


class ProviderHttp:
    """One provider's connections; `own_network` where the address is the operator's choice."""

    def __init__(self, name: str, *, own_network: bool) -> None:
        self._name = name
        self.client = httpx.AsyncClient(
            timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS
            ),
            # Compressed, a small answer may be a huge one.
            headers={"User-Agent": "transcendence", "Accept-Encoding": "identity"},
            event_hooks={"response": [self._bound]},
            follow_redirects=False,
            verify=_authorities(),
            # The way to the internet may lead through a proxy of the surroundings.
            trust_env=not own_network,
        )

    @asynccontextmanager
    async def in_time(self) -> AsyncGenerator[None, None]:
        """Bound all the calls of a visit together.

        Raises:
            ProviderDown: it took too long.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                yield
        except TimeoutError:
            raise self.down("too_slow") from None

    async def send(self, request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
        """Return an answer that says yes, or no to what was asked.

        Raises:
            ProviderDown: there is none, or it is about the provider's own trouble.
            ProviderLied: it points elsewhere, or does not end.
        """
        try:
            response = await self.client.send(request, auth=auth)
        except httpx.HTTPError as error:
            raise self.down("no_answer", type(error).__name__) from None
        if response.status_code >= SERVER_ERROR or response.status_code == TOO_MANY_REQUESTS:
            raise self.down(f"status_{response.status_code}")
        if not response.is_success and not response.is_client_error:
            raise self.lied(f"status_{response.status_code}")
        return response

    async def get(self, url: str, access_token: str, **headers: str) -> httpx.Response:
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {access_token}",
            **headers,
        }
        return await self.send(self.client.build_request("GET", url, headers=headers))

    async def read(self, url: str, access_token: str, type_: type[WireT], **headers: str) -> WireT:
        """Return what is at an address that an access token opens.

        Raises:
            ProviderDown, ProviderLied: as in `send`, and where the token that it has just given opens nothing.
        """
        response = await self.get(url, access_token, **headers)
        if not response.is_success:
            raise self.lied(f"status_{response.status_code}")
        return self.decoded(response.content, type_)

    def decoded(self, body: bytes, type_: type[WireT]) -> WireT:
        try:
            return msgspec.json.decode(body, type=type_)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise self.lied("not_understood") from None

    def down(self, reason: str, error_type: str = "") -> ProviderDown:
        self._log(reason, error_type)
        return ProviderDown(self._name)

    def lied(self, reason: str) -> ProviderLied:
        self._log(reason)
        return ProviderLied(self._name)

    async def _bound(self, response: httpx.Response) -> None:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self.lied("compressed")
        response.stream = _Bounded(cast("httpx.AsyncByteStream", response.stream), self)

    def _log(self, reason: str, error_type: str = "") -> None:
        logger.warning(
            "trouble with a provider",
            **{
                "event.action": "oauth-provider",
                "event.category": ["api"],
                "event.type": ["access"],
                "event.outcome": "failure",
                "event.reason": reason,
                **({"error.type": error_type} if error_type else {}),
                "labels.provider": self._name,
            },
        )


@cache
def _authorities() -> ssl.SSLContext:
    """Reading them takes longer than all else at start, and every provider needs the same."""
    return httpx.create_ssl_context()


class _Bounded(httpx.AsyncByteStream):
    """A body that is given up where it gets too long."""

    def __init__(self, stream: httpx.AsyncByteStream, http: ProviderHttp) -> None:
        self._stream = stream
        self._http = http

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MOST_BYTES:
                raise self._http.lied("too_long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
