"""HTTP route of service tokens. Its clients have no token yet, so it is not behind the guard of other `/internal`
routes."""

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
    """Return the route's handler, with a guard that rejects all clients except services."""

    async def clients_only(
        connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler
    ) -> None:
        # Before the body is read. Not stored as `user`, whose ID the request log would read.
        connection.scope["auth"] = clients.authenticate_client(
            connection.headers.get("authorization")
        )

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
        """Issue a token with which the calling service can call one other service."""
        return clients.issue_token(request.auth, data.audience, now)

    return issue
