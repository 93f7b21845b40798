"""Completes a sign-in with any method, and signs out."""

from contextlib import suppress

from litestar.response import Redirect

from contracts.auth.sessions import SecondFactorChallenge, Tokens
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.links import safe_local_path, urls
from ui.pages import PageRequest
from ui.session.cookies import (
    CHALLENGE_COOKIE,
    REFRESH_COOKIE,
    challenge_cookie,
    cleared_cookie,
    device_cookie,
)
from ui.session.state import session_of


def complete_sign_in(
    request: PageRequest, answer: Tokens | SecondFactorChallenge, next_path: str
) -> str:
    """Begin the session, or store the second-factor challenge; return the address to continue at."""
    session = session_of(request)
    session.set_cookies(device_cookie(session.device_token))
    if isinstance(answer, SecondFactorChallenge):
        session.set_cookies(challenge_cookie(answer))
        return urls.second_factor_and_return(safe_local_path(next_path) or "")
    session.begin_session(answer)
    if CHALLENGE_COOKIE in request.cookies:
        session.set_cookies(cleared_cookie(CHALLENGE_COOKIE))
    return safe_path_or_lobby(next_path)


async def renew_session_now(request: PageRequest, auth: AuthClient) -> None:
    """Renew the session's access token, so that it contains a change just made. If that fails, the change appears
    within 10 minutes."""
    refresh_token = _refresh_token(request)
    if refresh_token:
        with suppress(BackendDown, Refused):
            session_of(request).begin_session(await auth.renew_session(refresh_token))


async def sign_out_browser(request: PageRequest, auth: AuthClient) -> None:
    refresh_token = _refresh_token(request)
    if refresh_token:
        # If auth is unavailable, the browser deletes its tokens anyway, and the session expires.
        with suppress(BackendDown, Refused):
            await auth.sign_out(refresh_token)
    session_of(request).end_session()


def safe_path_or_lobby(next_path: str) -> str:
    return safe_local_path(next_path) or urls.lobby


def see_other(path: str) -> Redirect:
    return Redirect(path, status_code=303)


def _refresh_token(request: PageRequest) -> str | None:
    return session_of(request).refresh_token or request.cookies.get(REFRESH_COOKIE)
