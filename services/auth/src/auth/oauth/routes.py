"""HTTP routes to sign in with other providers."""

from datetime import datetime

from litestar import Router, delete, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from auth.oauth.errors import (
    AccountExists,
    AlreadyLinked,
    EmailUnverified,
    IdentityTaken,
    NoSuchIdentity,
    NoSuchProvider,
    OAuthRefused,
    ProviderDown,
    ProviderLied,
)
from auth.oauth.identities import Identities
from auth.oauth.providers.configured import Providers
from auth.oauth.service import OAuth
from auth.sessions.live import LIVE_SESSION_ERRORS, RECENT_CONFIRMATION_ERRORS, SignedIn
from auth.sign_in_methods.errors import LastSignInMethod
from auth.throttling.errors import TooManyAttempts
from contracts.auth.oauth import (
    FinishedProviderVisit,
    IdentityList,
    ProviderList,
    ProviderVisitEnd,
    ProviderVisitStart,
    StartedProviderVisit,
)
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.problems import InvalidFields, Malformed

MAX_BODY_BYTES = 64 * 1024
NEVER_CACHED = CacheControlHeader(no_store=True)


@get("/oauth/providers", security=SIGNED_IN_OR_NOT, responses=answers(Malformed))
async def list_providers(providers: NamedDependency[Providers]) -> ProviderList:
    """List the providers that players can sign in with."""
    return ProviderList(providers.provider_details())


@post(
    "/oauth/{provider:str}/start",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_BODY_BYTES,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN_OR_NOT,
    responses=answers(
        Malformed,
        InvalidFields,
        *RECENT_CONFIRMATION_ERRORS,
        NoSuchProvider,
        TooManyAttempts,
        ProviderDown,
        ProviderLied,
    ),
)
async def start_visit(
    provider: FromPath[str],
    data: JSONBody[ProviderVisitStart],
    visitor: NamedDependency[Player | None],
    oauth: NamedDependency[OAuth],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
) -> StartedProviderVisit:
    """Begin a visit to a provider: to sign in, to link an identity, or to reauthenticate."""
    return await oauth.start_visit(provider, data, visitor, caller, now)


@post(
    "/oauth/finish",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_BODY_BYTES,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN_OR_NOT,
    responses=answers(
        Malformed,
        InvalidFields,
        OAuthRefused,
        *LIVE_SESSION_ERRORS,
        EmailUnverified,
        AccountExists,
        IdentityTaken,
        AlreadyLinked,
        ProviderLied,
        ProviderDown,
    ),
)
async def finish_visit(
    data: JSONBody[ProviderVisitEnd],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[TimedSession],
    oauth: NamedDependency[OAuth],
    caller: NamedDependency[Caller],
) -> FinishedProviderVisit:
    """Complete a visit with the parameters that the provider sent the browser back with. Each visit can be completed
    once."""
    return await oauth.finish_visit(db_session, data, visitor, caller)


@get("/oauth/identities", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def list_identities(
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[AsyncSession],
    identities: NamedDependency[Identities],
) -> IdentityList:
    """List the identities linked to the player's own account."""
    return IdentityList(await identities.list_identities(db_session, signed_in))


@delete(
    "/oauth/identities/{provider:str}",
    security=SIGNED_IN,
    responses=answers(Malformed, *RECENT_CONFIRMATION_ERRORS, NoSuchIdentity, LastSignInMethod),
)
async def unlink_identity(
    provider: FromPath[str],
    confirmed: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    identities: NamedDependency[Identities],
    caller: NamedDependency[Caller],
) -> None:
    """Unlink a provider, unless it is the last sign-in method."""
    await identities.unlink_identity(db_session, confirmed, provider, caller)


oauth_routes = Router(
    "/",
    route_handlers=[list_providers, start_visit, finish_visit, list_identities, unlink_identity],
)
