"""HTTP routes to sign in, renew a session and sign out."""

from datetime import datetime

from litestar import Response, Router, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from auth.accounts.errors import TooManyPasswords
from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.sessions.errors import SessionOver, WrongCredentials
from auth.sessions.service import Sessions
from auth.sign_in.password import PasswordSignIn
from auth.sign_in.second_factor import TwoFactorSignIn
from auth.sign_in.sign_in_answer import CHALLENGE_RESPONSE, sign_in_answer
from auth.throttling.errors import TooManyAttempts
from auth.two_factor.errors import ChallengeOver, WrongSignInCode
from contracts.auth.sessions import (
    Credentials,
    SecondFactorChallenge,
    SignOutRequest,
    TokenRenewal,
    Tokens,
)
from contracts.auth.two_factor import SecondFactorAnswer
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN_OR_NOT, answers
from transcendence_common.problems import InvalidFields, Malformed

NEVER_CACHED = CacheControlHeader(no_store=True)


@post(
    "/login",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_200_OK,
    responses=CHALLENGE_RESPONSE
    | answers(Malformed, InvalidFields, WrongCredentials, TooManyAttempts, TooManyPasswords),
)
async def sign_in(
    data: JSONBody[Credentials],
    db_session: NamedDependency[TimedSession],
    password_sign_in: NamedDependency[PasswordSignIn],
    caller: NamedDependency[Caller],
) -> Response[Tokens | SecondFactorChallenge]:
    """Begin a session with a player name or an email address, and a password."""
    return sign_in_answer(await password_sign_in.sign_in(db_session, data, caller))


@post(
    "/login/two-factor",
    request_max_body_size=MAX_PASSWORD_BODY_BYTES,
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    security=SIGNED_IN_OR_NOT,
    responses=answers(
        Malformed,
        InvalidFields,
        WrongSignInCode,
        ChallengeOver,
        WrongCredentials,
        TooManyAttempts,
    ),
)
async def answer_challenge(
    data: JSONBody[SecondFactorAnswer],
    db_session: NamedDependency[TimedSession],
    two_factor_sign_in: NamedDependency[TwoFactorSignIn],
    caller: NamedDependency[Caller],
) -> Tokens:
    """Begin a session with a second-factor code, after a password or another sign-in method."""
    return await two_factor_sign_in.sign_in(db_session, data, caller)


@post(
    "/refresh",
    status_code=HTTP_200_OK,
    cache_control=NEVER_CACHED,
    responses=answers(Malformed, InvalidFields, SessionOver),
)
async def renew_session(
    data: JSONBody[TokenRenewal],
    sessions: NamedDependency[Sessions],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
) -> Tokens:
    """Exchange a refresh token for the next one and a new access token."""
    return await sessions.renew_session(data.refresh_token, caller, now)


@post(
    "/logout",
    status_code=HTTP_204_NO_CONTENT,
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, InvalidFields),
)
async def sign_out(
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[TimedSession],
    sessions: NamedDependency[Sessions],
    caller: NamedDependency[Caller],
    data: JSONBody[SignOutRequest | None] = None,
) -> None:
    """End a session. Its access tokens stay valid until they expire, at most 10 minutes later."""
    token = data.refresh_token if data else None
    await sessions.end_session(db_session, visitor, token, caller)


sign_in_routes = Router("/", route_handlers=[sign_in, answer_challenge, renew_session, sign_out])
