"""HTTP route to register an account."""

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from auth.accounts.errors import NameTaken, TooManyPasswords
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.registration.service import Registrations
from auth.throttling.errors import TooManyAttempts
from contracts.auth.accounts import RegisteredAccount, Registration
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.openapi import answers
from transcendence_common.problems import InvalidFields, Malformed


@post(
    "/register",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    responses=answers(Malformed, InvalidFields, NameTaken, TooManyAttempts, TooManyPasswords),
)
async def register(
    data: JSONBody[Registration],
    db_session: NamedDependency[TimedSession],
    registrations: NamedDependency[Registrations],
    caller: NamedDependency[Caller],
) -> RegisteredAccount:
    """Register an account. Whether the address is already in use is told only in an email to that address."""
    return await registrations.register(db_session, data, caller)


registration_routes = Router("/", route_handlers=[register])
