"""HTTP routes to list and end open sessions, and to reauthenticate."""

from uuid import UUID

from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.sessions import open_sessions
from auth.sessions.errors import NoPassword, NoSuchSession
from auth.sessions.live import LIVE_SESSION_ERRORS, SignedIn
from auth.sessions.service import Sessions
from auth.sign_in.confirmation import Confirmation
from auth.throttling.errors import TooManyAttempts
from auth.two_factor.errors import TwoFactorOff, WrongCode
from contracts.auth.sessions import ConfirmationRequest, OpenSessions
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed


@get("/sessions", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def list_open_sessions(
    signed_in: NamedDependency[SignedIn], db_session: NamedDependency[TimedSession]
) -> OpenSessions:
    """List the player's open sessions."""
    return await open_sessions.list_open_sessions(db_session, signed_in)


@delete(
    "/sessions/{session_id:uuid}",
    security=SIGNED_IN,
    responses=answers(Malformed, *LIVE_SESSION_ERRORS, NoSuchSession),
)
async def revoke_session(
    session_id: FromPath[UUID],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    caller: NamedDependency[Caller],
) -> None:
    """End one of the player's sessions. Its access tokens stay valid until they expire, at most 10 minutes later."""
    await open_sessions.revoke_session(db_session, signed_in, session_id, caller)


@delete("/sessions", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def revoke_other_sessions(
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    sessions: NamedDependency[Sessions],
    caller: NamedDependency[Caller],
) -> None:
    """End all of the player's sessions except this one."""
    await open_sessions.revoke_other_sessions(db_session, sessions, signed_in, caller)


@post(
    "/sessions/confirmation",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_204_NO_CONTENT,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        InvalidFields,
        *LIVE_SESSION_ERRORS,
        WrongPassword,
        WrongCode,
        NoPassword,
        TwoFactorOff,
        TooManyAttempts,
        TooManyPasswords,
    ),
)
async def confirm_session(
    *,
    data: JSONBody[ConfirmationRequest],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    confirmation: NamedDependency[Confirmation],
    caller: NamedDependency[Caller],
) -> None:
    """Reauthenticate. The session then counts as recently confirmed for 15 minutes."""
    await confirmation.confirm(db_session, signed_in, data, caller)


session_routes = Router(
    "/", route_handlers=[list_open_sessions, revoke_session, revoke_other_sessions, confirm_session]
)
