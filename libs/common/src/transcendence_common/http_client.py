"""HTTP client for calls between the platform's services, with time limits and the request id.

httpx with aiohttp's connections: a call costs a quarter of the CPU time of httpx's own pool, which looks at every
connection at the beginning and the end of each call.
"""

import ssl
from functools import cache, partial

import httpx
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    DummyCookieJar,
    ServerTimeoutError,
    TCPConnector,
)
from httpx_aiohttp import AiohttpTransport

from transcendence_common.request_id import REQUEST_ID_HEADER, current_request_id

CONNECT_TIMEOUT_SECONDS = 1.0
ANSWER_TIMEOUT_SECONDS = 5.0
"""Time limit of an answer: enough for Argon2 on a busy machine, short enough that a page's visitor still waits."""
MAX_CONNECTIONS = 50
KEEP_ALIVE_SECONDS = 30.0
"""Shorter than the services keep an idle connection (75 s), so that no request meets a closing one."""


def service_client(
    base_url: str,
    *,
    silence_seconds: float = ANSWER_TIMEOUT_SECONDS,
    max_connections: int | None = MAX_CONNECTIONS,
) -> httpx.AsyncClient:
    """Return a pooled client for one service; close it when the application stops.

    Args:
        base_url: the address of the service.
        silence_seconds: the longest pause within an answer.
        max_connections: None for streams, of which there are as many as visitors.
    """
    trusted = _tls_context(base_url.startswith("https:"))
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(silence_seconds, connect=CONNECT_TIMEOUT_SECONDS),
        transport=_Transport(
            verify=trusted,
            # Made with the first request, because it needs the running event loop.
            client=partial(_session, max_connections, trusted),
        ),
        event_hooks={"request": [_add_request_id]},
        # Services are on the platform's own network, so proxies of the environment do not apply.
        trust_env=False,
    )


class _Transport(AiohttpTransport):
    """aiohttp's connections, with httpx's error for each failure: the library calls most of them a ConnectTimeout."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except httpx.ConnectTimeout as error:
            cause = error.__cause__
            if isinstance(cause, ServerTimeoutError):
                raise
            if isinstance(cause, ClientConnectorError):
                raise httpx.ConnectError(str(error)) from cause
            raise httpx.RemoteProtocolError(str(error)) from cause
        except ClientError as error:
            # The library lets errors about malformed answers through.
            raise httpx.RemoteProtocolError(str(error)) from error


def _session(max_connections: int | None, trusted: ssl.SSLContext) -> ClientSession:
    """Return aiohttp's session. It stores no cookies: one client serves all visitors."""
    connector = TCPConnector(
        limit=max_connections or 0, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=trusted
    )
    return ClientSession(connector=connector, cookie_jar=DummyCookieJar())


@cache
def _tls_context(over_tls: bool) -> ssl.SSLContext:
    """Load the certificate authorities once, and only for TLS: it takes longer than the rest of the client."""
    if over_tls:
        return httpx.create_ssl_context(trust_env=False)
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _add_request_id(request: httpx.Request) -> None:
    request_id = current_request_id()
    if request_id:
        request.headers[REQUEST_ID_HEADER] = request_id
