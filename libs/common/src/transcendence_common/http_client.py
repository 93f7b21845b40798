"""The client for calls between our own services: bounded waiting, and the request id goes along."""

import ssl
from functools import cache

import httpx

from transcendence_common.request_id import REQUEST_ID_HEADER, current_request_id

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 5.0
"""Long enough for Argon2 on a busy machine, short enough that a page still answers before a person gives up."""
MAX_CONNECTIONS = 50


def service_client(
    base_url: str,
    *,
    silence_seconds: float = ANSWER_SECONDS,
    max_connections: int | None = MAX_CONNECTIONS,
) -> httpx.AsyncClient:
    """Return a pooled client for one service; close it when the application stops.

    Args:
        base_url: where the service is.
        silence_seconds: how long nothing may come of an answer.
        max_connections: None for answers that stay open: of those there are as many as people.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(silence_seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=max_connections),
        event_hooks={"request": [_pass_request_id_on]},
        verify=_trusted(base_url.startswith("https:")),
        # Services live on the platform's own network: a proxy of the surroundings has no business here.
        trust_env=False,
    )


@cache
def _trusted(over_tls: bool) -> ssl.SSLContext:
    """Read the authorities once, and only for TLS: it takes longer than all the rest of a client."""
    if over_tls:
        return httpx.create_ssl_context(trust_env=False)
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _pass_request_id_on(request: httpx.Request) -> None:
    request_id = current_request_id()
    if request_id:
        request.headers[REQUEST_ID_HEADER] = request_id
