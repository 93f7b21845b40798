"""HTTP client for calls between the platform's services, with time limits and the request id."""

import ssl
from functools import cache

import httpx

from transcendence_common.request_id import REQUEST_ID_HEADER, current_request_id

CONNECT_TIMEOUT_SECONDS = 1.0
ANSWER_TIMEOUT_SECONDS = 5.0
"""Time limit of an answer: enough for Argon2 on a busy machine, short enough that a page's visitor still waits."""
MAX_CONNECTIONS = 50


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
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(silence_seconds, connect=CONNECT_TIMEOUT_SECONDS),
        limits=httpx.Limits(max_connections=max_connections),
        event_hooks={"request": [_add_request_id]},
        verify=_tls_context(base_url.startswith("https:")),
        # Services are on the platform's own network, so proxies of the environment do not apply.
        trust_env=False,
    )


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
