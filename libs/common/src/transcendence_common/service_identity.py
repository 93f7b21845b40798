"""Authentication of calls between services under `/internal`, with tokens that auth signs for one minute."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Router
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ControllerRouterHandler, Guard

from transcendence_common.identity import LEEWAY_SECONDS, KeySource, SignedTokens, bearer_token
from transcendence_common.problems import Forbidden, NotSignedIn

INTERNAL_PATH = "/internal"
"""The gateway does not route it; a request to a service's own port needs a service token all the same."""
SERVICE_TOKENS_PATH = "/service-tokens"
"""Path below `INTERNAL_PATH` at auth where a service exchanges its secret for a token to call another service."""
SUBJECT_PREFIX = "service:"
"""An access token's subject is a bare id, so neither kind of token passes for the other, even under one audience."""
SERVICE_TOKEN_LIFETIME_SECONDS = 60
"""Lifetime of a service token: it is made for one call, which has a time limit of seconds."""

_CALLERS_KEY = "called_by"


class WrongService(Forbidden):
    """The calling service may not use this handler."""

    code = "wrong_service"

    def __init__(self, caller: str) -> None:
        super().__init__(f"This is not for {caller}.")


class _Claims(msgspec.Struct, frozen=True):
    sub: Annotated[str, msgspec.Meta(pattern=rf"\A{SUBJECT_PREFIX}[a-z]+\Z")]
    iat: int
    exp: int


class ServiceTokens:
    """Verifies the tokens of services that call this one."""

    def __init__(self, keys: KeySource, *, issuer: str, audience: str) -> None:
        self._signed = SignedTokens(keys, issuer=issuer, audience=audience)

    async def verify(self, token: str) -> str:
        """Return the name of the calling service.

        Raises:
            NotSignedIn: it is not a service's token, not for this service, expired, or lives too long.
            Unavailable: the keys cannot be loaded.
        """
        try:
            claims = msgspec.convert(await self._signed.verify(token), _Claims)
        except msgspec.ValidationError as error:
            raise NotSignedIn("This is not the token of a service.") from error
        if claims.exp - claims.iat > SERVICE_TOKEN_LIFETIME_SECONDS + LEEWAY_SECONDS:
            raise NotSignedIn("A service's token is good for a minute at most.")
        return claims.sub.removeprefix(SUBJECT_PREFIX)


def internal_router(handlers: Sequence[ControllerRouterHandler], tokens: ServiceTokens) -> Router:
    """Return the router of `/internal` with these handlers.

    They are for other services only and not in the OpenAPI document.
    """
    return Router(
        INTERNAL_PATH,
        route_handlers=handlers,
        guards=[services_only(tokens)],
        include_in_schema=False,
        # Tells `Authentication` to read no access token here, so that none is refused or let in by it.
        opt={"exclude_from_auth": True},
    )


def services_only(tokens: ServiceTokens) -> Guard:
    """Return the guard that refuses callers other than services, and services that a handler does not allow."""

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        token = bearer_token(connection)
        if token is None:
            raise NotSignedIn("This needs the token of a service.")
        caller = await tokens.verify(token)
        callers = handler.opt.get(_CALLERS_KEY)
        if callers is not None and caller not in callers:
            raise WrongService(caller)

    return guard


def called_by(*services: str) -> dict[str, object]:
    """Return the `opt` of a handler under `/internal` that only these services may call."""
    return {_CALLERS_KEY: frozenset(services)}
