"""HTTP routes of two-factor authentication."""

from litestar import Router, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.sessions.live import LIVE_SESSION_ERRORS, RECENT_CONFIRMATION_ERRORS, SignedIn
from auth.throttling.errors import TooManyAttempts
from auth.two_factor import queries
from auth.two_factor.errors import (
    NoSetup,
    TwoFactorOff,
    TwoFactorOn,
    WrongCode,
)
from auth.two_factor.service import TwoFactorSettings
from contracts.auth.two_factor import (
    PasswordAndCode,
    RecoveryCodes,
    TwoFactorSetup,
    TwoFactorSetupRequest,
    TwoFactorStatus,
)
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed

NEVER_CACHED = CacheControlHeader(no_store=True)

PROOF_ERRORS = (
    Malformed,
    InvalidFields,
    *RECENT_CONFIRMATION_ERRORS,
    WrongPassword,
    TooManyAttempts,
    TooManyPasswords,
)
"""Problems of routes that require a password or a recently confirmed session."""


@get("/two-factor", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def get_status(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[AsyncSession]
) -> TwoFactorStatus:
    """Return whether two-factor authentication is enabled, and how many recovery codes are left."""
    return await queries.status_of(db_session, signed_in.account_id)


@post(
    "/two-factor/setup",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*PROOF_ERRORS, TwoFactorOn),
)
async def set_up_two_factor(
    data: JSONBody[TwoFactorSetupRequest],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    two_factor: NamedDependency[TwoFactorSettings],
    caller: NamedDependency[Caller],
) -> TwoFactorSetup:
    """Create a secret for an authenticator app. It is enabled once its first code is sent to `POST /two-factor`."""
    return await two_factor.set_up(db_session, signed_in, data.password, caller)


@post(
    "/two-factor",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*PROOF_ERRORS, WrongCode, TwoFactorOn, NoSetup),
)
async def enable_two_factor(
    data: JSONBody[PasswordAndCode],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    two_factor: NamedDependency[TwoFactorSettings],
    caller: NamedDependency[Caller],
) -> RecoveryCodes:
    """Enable two-factor authentication with the app's first code, and get the recovery codes."""
    return await two_factor.enable(db_session, signed_in, data, caller)


@post(
    "/two-factor/disable",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_204_NO_CONTENT,
    security=SIGNED_IN,
    responses=answers(*PROOF_ERRORS, WrongCode, TwoFactorOff),
)
async def disable_two_factor(
    data: JSONBody[PasswordAndCode],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    two_factor: NamedDependency[TwoFactorSettings],
    caller: NamedDependency[Caller],
) -> None:
    """Disable two-factor authentication."""
    await two_factor.disable(db_session, signed_in, data, caller)


@post(
    "/two-factor/recovery-codes",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*PROOF_ERRORS, WrongCode, TwoFactorOff),
)
async def renew_recovery_codes(
    data: JSONBody[PasswordAndCode],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    two_factor: NamedDependency[TwoFactorSettings],
    caller: NamedDependency[Caller],
) -> RecoveryCodes:
    """Create new recovery codes, which replace the old ones."""
    return await two_factor.renew_recovery_codes(db_session, signed_in, data, caller)


two_factor_routes = Router(
    "/",
    route_handlers=[
        get_status,
        set_up_two_factor,
        enable_two_factor,
        disable_two_factor,
        renew_recovery_codes,
    ],
)
