"""HTTP routes to reset and change passwords."""

from litestar import Router, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.links.errors import LinkOver, LinkUnknown
from auth.passwords.change import PasswordChanges
from auth.passwords.reset_requests import ResetRequests
from auth.passwords.resets import PasswordResets
from auth.sessions.live import RECENT_CONFIRMATION_ERRORS, SignedIn
from auth.throttling.errors import TooManyAttempts
from contracts.auth.passwords import PasswordChange, PasswordReset, PasswordResetRequest
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed


@post(
    "/password/reset-requests",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_202_ACCEPTED,
    responses=answers(Malformed, InvalidFields, TooManyAttempts),
)
async def ask_for_reset(
    data: JSONBody[PasswordResetRequest],
    db_session: NamedDependency[TimedSession],
    reset_requests: NamedDependency[ResetRequests],
    caller: NamedDependency[Caller],
) -> None:
    """Request an email with a link to choose a new password. The answer is the same whether or not one is sent."""
    await reset_requests.enqueue_request(db_session, data.email, caller)


@post(
    "/password/resets",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_204_NO_CONTENT,
    responses=answers(Malformed, InvalidFields, LinkUnknown, LinkOver, TooManyPasswords),
)
async def reset_password(
    data: JSONBody[PasswordReset],
    db_session: NamedDependency[TimedSession],
    resets: NamedDependency[PasswordResets],
    caller: NamedDependency[Caller],
) -> None:
    """Choose a new password with a link. Every session ends; two-factor authentication stays enabled."""
    await resets.reset_password(db_session, data, caller)


@put(
    "/password",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_204_NO_CONTENT,
    security=SIGNED_IN,
    responses=answers(
        Malformed,
        InvalidFields,
        *RECENT_CONFIRMATION_ERRORS,
        WrongPassword,
        TooManyAttempts,
        TooManyPasswords,
    ),
)
async def change_password(
    data: JSONBody[PasswordChange],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    password_changes: NamedDependency[PasswordChanges],
    caller: NamedDependency[Caller],
) -> None:
    """Change the password, or set the first one. Every other session ends."""
    await password_changes.change_password(db_session, signed_in, data, caller)


password_routes = Router("/", route_handlers=[ask_for_reset, reset_password, change_password])
