"""Service tokens over HTTP: for services that have none yet, so not behind the guard of all else under `/internal`."""

from datetime import datetime
from typing import Any

from litestar import Request, post
from litestar.connection import ASGIConnection
from litestar.datastructures import CacheControlHeader, State
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import URLEncodedBody
from litestar.status_codes import HTTP_200_OK

from auth.service_clients.service import ServiceClients
from contracts.auth.service_clients import ServiceToken, ServiceTokenRequest
from transcendence_common.service_identity import INTERNAL_PATH, SERVICE_TOKENS_PATH

MAX_REQUEST_BYTES = 1024


def service_token_route(clients: ServiceClients) -> HTTPRouteHandler:
    """Return the handler, with a guard that lets nobody but services through."""

    async def clients_only(
        connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
    ) -> None:
        # Before the body is read. Not as the `user`, who has an id, which the log of requests takes.
        connection.scope["auth"] = clients.authenticate(connection.headers.get("authorization"))

    @post(
        f"{INTERNAL_PATH}{SERVICE_TOKENS_PATH}",
        status_code=HTTP_200_OK,
        guards=[clients_only],
        request_max_body_size=MAX_REQUEST_BYTES,
        cache_control=CacheControlHeader(no_store=True),
        include_in_schema=False,
        opt={"exclude_from_auth": True},
    )
    async def issue(
        data: URLEncodedBody[ServiceTokenRequest],
        request: Request[None, str, State],
        now: NamedDependency[datetime],
    ) -> ServiceToken:
        """Give the calling service a token for one other."""
        return clients.token(request.auth, data.audience, now)

    return issue
