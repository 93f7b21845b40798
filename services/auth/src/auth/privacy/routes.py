"""HTTP routes of the data export, the account's deletion and the security log."""

from datetime import datetime

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from litestar.response import Stream
from litestar.status_codes import HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from auth.accounts.errors import TooManyPasswords, WrongPassword
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.privacy import queries
from auth.privacy.errors import ExportIncomplete
from auth.privacy.queries import BEFORE_NEWEST_ROW, LogPosition
from auth.privacy.service import Privacy
from auth.sessions.live import LIVE_SESSION_ERRORS, RECENT_CONFIRMATION_ERRORS, SignedIn
from auth.throttling.errors import TooManyAttempts
from contracts.auth.privacy import AccountDeletion, SecurityEventView
from contracts.pages import Page
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.metrics import STAYS_OPEN
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit, decode_cursor, encode_cursor
from transcendence_common.problems import InvalidFields, Malformed
from transcendence_common.signals import close_after_answer, run_in_own_task


@get(
    "/export",
    media_type="application/json",
    opt={STAYS_OPEN: True},
    security=SIGNED_IN,
    responses=answers(*RECENT_CONFIRMATION_ERRORS, TooManyAttempts, ExportIncomplete),
)
async def export_data(
    confirmed: NamedDependency[SignedIn],
    privacy: NamedDependency[Privacy],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
) -> Stream:
    """Export all data that is stored about the player, in all services."""
    document = run_in_own_task(await privacy.export_data(confirmed, caller, now))
    return Stream(
        document,
        background=close_after_answer(document),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


@post(
    "/deletion",
    status_code=HTTP_204_NO_CONTENT,
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
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
async def delete_account(
    data: JSONBody[AccountDeletion],
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[TimedSession],
    privacy: NamedDependency[Privacy],
    caller: NamedDependency[Caller],
) -> None:
    """Delete the player's own account. This cannot be undone."""
    await privacy.delete_account(db_session, signed_in, data.password, caller)


@get(
    "/security-events",
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, *LIVE_SESSION_ERRORS),
)
async def read_security_log(
    signed_in: NamedDependency[SignedIn],
    db_session: NamedDependency[AsyncSession],
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[SecurityEventView]:
    """List the security events of the player's own account, newest first."""
    after = BEFORE_NEWEST_ROW if cursor is None else decode_cursor(cursor, LogPosition)
    found = await queries.read_log(db_session, signed_in.account_id, after, limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return Page(page, encode_cursor(LogPosition(page[-1].at, page[-1].id)) if more else None)


privacy_routes = Router("/", route_handlers=[export_data, delete_account, read_security_log])
