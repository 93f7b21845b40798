"""HTTP routes to verify and change addresses. Opening a link changes nothing; sending its token does."""

from litestar import Router, delete, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.addresses.change import EmailChanges
from auth.addresses.errors import EmailTaken, EmailVerified
from auth.addresses.verification import EmailVerification
from auth.links.errors import LinkOver, LinkUnknown
from auth.sessions.live import LIVE_SESSION_ERRORS, RECENT_CONFIRMATION_ERRORS, SignedIn
from auth.throttling.errors import TooManyAttempts
from contracts.auth.addresses import EmailChangeRequest, VerifiedAccount
from contracts.auth.links import LinkToken
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed


@post(
    "/email/verification",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_200_OK,
    responses=answers(Malformed, InvalidFields, LinkUnknown, LinkOver, EmailTaken),
)
async def verify_email(
    data: JSONBody[LinkToken],
    db_session: NamedDependency[TimedSession],
    verification: NamedDependency[EmailVerification],
    caller: NamedDependency[Caller],
) -> VerifiedAccount:
    """Verify the account's address with the token of an email link."""
    return await verification.verify(db_session, data.token, caller)


@post(
    "/email/verification/resend",
    status_code=HTTP_204_NO_CONTENT,
    security=SIGNED_IN,
    responses=answers(*LIVE_SESSION_ERRORS, EmailVerified, TooManyAttempts),
)
async def send_verification_again(
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    verification: NamedDependency[EmailVerification],
) -> None:
    """Send the verification email again, with a new link; the previous link becomes invalid."""
    await verification.send_another_link(db_session, signed_in)


@put(
    "/email",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_202_ACCEPTED,
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
async def change_email(
    data: JSONBody[EmailChangeRequest],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    email_changes: NamedDependency[EmailChanges],
    caller: NamedDependency[Caller],
) -> None:
    """Request a change of address. It takes effect once the link sent to the new address was used."""
    await email_changes.request_change(db_session, signed_in, data, caller)


@post(
    "/email/change",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_200_OK,
    responses=answers(Malformed, InvalidFields, LinkUnknown, LinkOver, EmailTaken),
)
async def confirm_email(
    data: JSONBody[LinkToken],
    db_session: NamedDependency[TimedSession],
    email_changes: NamedDependency[EmailChanges],
    caller: NamedDependency[Caller],
) -> VerifiedAccount:
    """Confirm a change of address with the token of the link sent to the new address."""
    return await email_changes.confirm_change(db_session, data.token, caller)


@delete("/email/change", security=SIGNED_IN, responses=answers(*LIVE_SESSION_ERRORS))
async def cancel_email_change(
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    email_changes: NamedDependency[EmailChanges],
) -> None:
    """Cancel a pending change of address."""
    await email_changes.cancel_change(db_session, signed_in)


address_routes = Router(
    "/",
    route_handlers=[
        verify_email,
        send_verification_again,
        change_email,
        confirm_email,
        cancel_email_change,
    ],
)
