"""HTTP routes of passkeys."""

from datetime import datetime
from uuid import UUID

from litestar import Response, Router, delete, get, patch, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passkeys import queries
from auth.passkeys.errors import (
    NoSuchPasskey,
    PasskeyKnown,
    PasskeyNotAdded,
    PasskeyRefused,
    TooManyPasskeys,
)
from auth.passkeys.service import PasskeySignIn, checked_passkey_name
from auth.sessions.live import LIVE_SESSION_ERRORS, RECENT_CONFIRMATION_ERRORS, SignedIn
from auth.sign_in.sign_in_answer import sign_in_answer
from auth.sign_in_methods.errors import LastSignInMethod
from auth.throttling.errors import TooManyAttempts
from contracts.auth.passkeys import (
    CeremonyOptions,
    NewPasskey,
    PasskeyAssertion,
    PasskeyName,
    Passkeys,
    PasskeyView,
)
from contracts.auth.sessions import SecondFactorChallenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.openapi import SIGNED_IN, SIGNED_IN_OR_NOT, answers
from transcendence_common.problems import InvalidFields, Malformed

MAX_CREDENTIAL_BYTES = 64 * 1024
"""Room for the longest attestation that a security key sends."""
NEVER_CACHED = CacheControlHeader(no_store=True)


@post(
    "/login/passkey/options",
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, TooManyAttempts),
)
async def begin_sign_in(
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
) -> CeremonyOptions:
    """Begin a sign-in with a passkey; no player name is needed."""
    return await passkey_sign_in.begin_sign_in(caller, now)


@post(
    "/login/passkey",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_CREDENTIAL_BYTES,
    responses=answers(Malformed, InvalidFields, PasskeyRefused),
)
async def sign_in_with_passkey(
    data: JSONBody[PasskeyAssertion],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> Response[Tokens | SecondFactorChallenge]:
    """Begin a session with a passkey."""
    return sign_in_answer(await passkey_sign_in.sign_in(db_session, data, caller))


@post(
    "/sessions/confirmation/passkey/options",
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*LIVE_SESSION_ERRORS),
)
async def begin_confirmation(
    signed_in: NamedDependency[SignedIn],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    now: NamedDependency[datetime],
) -> CeremonyOptions:
    """Begin a reauthentication with a passkey."""
    return await passkey_sign_in.begin_confirmation(signed_in, now)


@post(
    "/sessions/confirmation/passkey",
    status_code=HTTP_204_NO_CONTENT,
    request_max_body_size=MAX_CREDENTIAL_BYTES,
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, *LIVE_SESSION_ERRORS, PasskeyRefused),
)
async def confirm_with_passkey(
    data: JSONBody[PasskeyAssertion],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> None:
    """Reauthenticate with a passkey."""
    await passkey_sign_in.confirm_session(db_session, signed_in, data, caller)


@get("/passkeys", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def list_passkeys(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[AsyncSession]
) -> Passkeys:
    """List the player's own passkeys."""
    return Passkeys(await queries.list_passkeys(db_session, signed_in.account_id))


@post(
    "/passkeys/options",
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*RECENT_CONFIRMATION_ERRORS, TooManyPasskeys),
)
async def begin_enrolment(
    confirmed: NamedDependency[SignedIn],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    now: NamedDependency[datetime],
) -> CeremonyOptions:
    """Begin to add a passkey."""
    return await passkey_sign_in.begin_enrolment(confirmed, now)


@post(
    "/passkeys",
    request_max_body_size=MAX_CREDENTIAL_BYTES,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        InvalidFields,
        PasskeyNotAdded,
        *RECENT_CONFIRMATION_ERRORS,
        PasskeyKnown,
        TooManyPasskeys,
    ),
)
async def add_passkey(
    data: JSONBody[NewPasskey],
    confirmed: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> PasskeyView:
    """Add a passkey that the browser created."""
    return await passkey_sign_in.add_passkey(db_session, confirmed, data, caller)


@patch(
    "/passkeys/{passkey_id:uuid}",
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, *LIVE_SESSION_ERRORS, NoSuchPasskey),
)
async def rename_passkey(
    passkey_id: FromPath[UUID],
    data: JSONBody[PasskeyName],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[AsyncSession],
) -> PasskeyView:
    """Rename a passkey."""
    name = checked_passkey_name(data.name)
    renamed = await queries.rename_passkey(db_session, signed_in.account_id, passkey_id, name)
    if renamed is None:
        raise NoSuchPasskey
    return renamed


@delete(
    "/passkeys/{passkey_id:uuid}",
    security=SIGNED_IN,
    responses=answers(*RECENT_CONFIRMATION_ERRORS, NoSuchPasskey, LastSignInMethod),
)
async def remove_passkey(
    passkey_id: FromPath[UUID],
    confirmed: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> None:
    """Remove a passkey, unless it is the last sign-in method."""
    await passkey_sign_in.remove_passkey(db_session, confirmed, passkey_id, caller)


passkey_routes = Router(
    "/",
    route_handlers=[
        begin_sign_in,
        sign_in_with_passkey,
        begin_confirmation,
        confirm_with_passkey,
        list_passkeys,
        begin_enrolment,
        add_passkey,
        rename_passkey,
        remove_passkey,
    ],
)
