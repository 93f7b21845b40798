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
from auth.passkeys.service import PasskeySignIn, passkey_name
from auth.sessions.live import LIVE, RECENT, SignedIn
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
from contracts.auth.sessions import Challenge, Tokens
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
async def ask_to_sign_in(
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
) -> CeremonyOptions:
    """Begin a sign-in with a passkey; no player name is needed."""
    return await passkey_sign_in.ask_to_sign_in(caller, now)


@post(
    "/login/passkey",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_CREDENTIAL_BYTES,
    responses=answers(Malformed, InvalidFields, PasskeyRefused),
)
async def sign_in(
    data: JSONBody[PasskeyAssertion],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> Response[Tokens | Challenge]:
    """Begin a session with a passkey."""
    return sign_in_answer(await passkey_sign_in.sign_in(db_session, data, caller))


@post(
    "/sessions/confirmation/passkey/options",
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*LIVE),
)
async def ask_to_confirm(
    signed_in: NamedDependency[SignedIn],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    now: NamedDependency[datetime],
) -> CeremonyOptions:
    """Begin a reauthentication with a passkey."""
    return await passkey_sign_in.ask_to_confirm(signed_in, now)


@post(
    "/sessions/confirmation/passkey",
    status_code=HTTP_204_NO_CONTENT,
    request_max_body_size=MAX_CREDENTIAL_BYTES,
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, *LIVE, PasskeyRefused),
)
async def confirm(
    data: JSONBody[PasskeyAssertion],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> None:
    """Reauthenticate with a passkey."""
    await passkey_sign_in.confirm(db_session, signed_in, data, caller)


@get("/passkeys", security=SIGNED_IN, responses=answers(*LIVE))
async def list_passkeys(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[AsyncSession]
) -> Passkeys:
    """List the player's own passkeys."""
    return Passkeys(await queries.list_of(db_session, signed_in.account_id))


@post(
    "/passkeys/options",
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN,
    responses=answers(*RECENT, TooManyPasskeys),
)
async def ask_to_enrol(
    confirmed: NamedDependency[SignedIn],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    now: NamedDependency[datetime],
) -> CeremonyOptions:
    """Begin to add a passkey."""
    return await passkey_sign_in.ask_to_enrol(confirmed, now)


@post(
    "/passkeys",
    request_max_body_size=MAX_CREDENTIAL_BYTES,
    security=SIGNED_IN,
    responses=answers(
        Malformed, InvalidFields, PasskeyNotAdded, *RECENT, PasskeyKnown, TooManyPasskeys
    ),
)
async def enrol(
    data: JSONBody[NewPasskey],
    confirmed: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> PasskeyView:
    """Add a passkey that the browser created."""
    return await passkey_sign_in.enrol(db_session, confirmed, data, caller)


@patch(
    "/passkeys/{passkey_id:uuid}",
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, *LIVE, NoSuchPasskey),
)
async def rename(
    passkey_id: FromPath[UUID],
    data: JSONBody[PasskeyName],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[AsyncSession],
) -> PasskeyView:
    """Rename a passkey."""
    name = passkey_name(data.name)
    renamed = await queries.rename(db_session, signed_in.account_id, passkey_id, name)
    if renamed is None:
        raise NoSuchPasskey
    return renamed


@delete(
    "/passkeys/{passkey_id:uuid}",
    security=SIGNED_IN,
    responses=answers(*RECENT, NoSuchPasskey, LastSignInMethod),
)
async def remove(
    passkey_id: FromPath[UUID],
    confirmed: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    passkey_sign_in: NamedDependency[PasskeySignIn],
    caller: NamedDependency[Caller],
) -> None:
    """Remove a passkey, unless it is the last sign-in method."""
    await passkey_sign_in.remove(db_session, confirmed, passkey_id, caller)


passkey_routes = Router(
    "/",
    route_handlers=[
        ask_to_sign_in,
        sign_in,
        ask_to_confirm,
        confirm,
        list_passkeys,
        ask_to_enrol,
        enrol,
        rename,
        remove,
    ],
)
