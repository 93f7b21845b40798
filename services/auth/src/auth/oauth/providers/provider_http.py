"""HTTP calls to providers: external services on the internet, which may be slow, broken or compromised.

Every answer is limited in time and size, no redirect is followed, and decoded data is validated. Nothing sent or
received is logged, because it consists of codes, tokens and addresses.
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
"""Seconds for all calls of one visit; a person is waiting."""
MAX_BODY_BYTES = 1024 * 1024
"""Bytes of an answer at most. 42 returns a student's whole history in one answer: some hundred kilobytes."""
MAX_CONNECTIONS = 20
KEEP_ALIVE_SECONDS = 2.0
"""Seconds that an idle connection is kept: enough for the next call of the same visit. A connection that idles longer
may be closed by the server while it is used, and a code cannot be sent twice."""

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

WireT = TypeVar("WireT")

logger = structlog.get_logger("auth.oauth")


class ProviderHttp:
    """The connections to one provider; `own_network` if the operator chose its address."""

    def __init__(self, name: str, *, own_network: bool) -> None:
        self._name = name
        self.client = httpx.AsyncClient(
            timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS
            ),
            # No compression, because a small compressed answer may expand to a huge one.
            headers={"User-Agent": "transcendence", "Accept-Encoding": "identity"},
            event_hooks={"response": [self._limit_body]},
            follow_redirects=False,
            verify=_tls_context(),
            # The internet may be reachable only through a proxy set in the environment.
            trust_env=not own_network,
        )

    @asynccontextmanager
    async def limit_time(self) -> AsyncGenerator[None, None]:
        """Limit the time of all calls of a visit together.

        Raises:
            ProviderDown: it took too long.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                yield
        except TimeoutError:
            raise self.log_provider_down("too_slow") from None

    async def send(self, request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
        """Send a request, and return a successful answer or a client error (4xx except 429).

        Raises:
            ProviderDown: there is no answer, or a server error.
            ProviderLied: the answer is a redirect, or too long.
        """
        try:
            response = await self.client.send(request, auth=auth)
        except httpx.HTTPError as error:
            raise self.log_provider_down("no_answer", type(error).__name__) from None
        if response.status_code >= SERVER_ERROR or response.status_code == TOO_MANY_REQUESTS:
            raise self.log_provider_down(f"status_{response.status_code}")
        if not response.is_success and not response.is_client_error:
            raise self.log_bad_answer(f"status_{response.status_code}")
        return response

    async def get(self, url: str, access_token: str, **headers: str) -> httpx.Response:
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {access_token}",
            **headers,
        }
        return await self.send(self.client.build_request("GET", url, headers=headers))

    async def read_resource(
        self, url: str, access_token: str, type_: type[WireT], **headers: str
    ) -> WireT:
        """Return the decoded resource at a URL, read with an access token.

        Raises:
            ProviderDown, ProviderLied: as in `send`, and if the provider rejects its own new token.
        """
        response = await self.get(url, access_token, **headers)
        if not response.is_success:
            raise self.log_bad_answer(f"status_{response.status_code}")
        return self.decode(response.content, type_)

    def decode(self, body: bytes, type_: type[WireT]) -> WireT:
        try:
            return msgspec.json.decode(body, type=type_)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise self.log_bad_answer("not_understood") from None

    def log_provider_down(self, reason: str, error_type: str = "") -> ProviderDown:
        """Log that the provider is unavailable, and return the exception to raise."""
        self._log(reason, error_type)
        return ProviderDown(self._name)

    def log_bad_answer(self, reason: str) -> ProviderLied:
        """Log that the provider's answer cannot be used, and return the exception to raise."""
        self._log(reason)
        return ProviderLied(self._name)

    async def _limit_body(self, response: httpx.Response) -> None:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self.log_bad_answer("compressed")
        response.stream = _LimitedBody(cast("httpx.AsyncByteStream", response.stream), self)

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
def _tls_context() -> ssl.SSLContext:
    """Return a TLS context with the certificate authorities. It is cached: loading them is the slowest step at start,
    and every provider needs the same."""
    return httpx.create_ssl_context()


class _LimitedBody(httpx.AsyncByteStream):
    """A response body that is aborted if it gets too long."""

    def __init__(self, stream: httpx.AsyncByteStream, http: ProviderHttp) -> None:
        self._stream = stream
        self._http = http

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise self._http.log_bad_answer("too_long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
