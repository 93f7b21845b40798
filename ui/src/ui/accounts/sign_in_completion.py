"""Completes a sign-in with any method, and signs out."""

from contextlib import suppress

from litestar.response import Redirect

from contracts.auth.sessions import Challenge, Tokens
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.links import local_path, urls
from ui.pages import PageRequest
from ui.session.cookies import CHALLENGE, REFRESH, challenge_cookie, cleared_cookie, device_cookie
from ui.session.state import session_of


def complete_sign_in(request: PageRequest, answer: Tokens | Challenge, next_path: str) -> str:
    """Begin the session, or store the second-factor challenge; return the address to continue at."""
    session = session_of(request)
    session.keep(device_cookie(session.device_token))
    if isinstance(answer, Challenge):
        session.keep(challenge_cookie(answer))
        return urls.second_factor_and_return(local_path(next_path) or "")
    session.begin(answer)
    if CHALLENGE in request.cookies:
        session.keep(cleared_cookie(CHALLENGE))
    return onwards(next_path)


async def renew_now(request: PageRequest, auth: AuthClient) -> None:
    """Renew the session's access token, so that it contains a change just made. If that fails, the change appears
    within 10 minutes."""
    refresh_token = _refresh_token(request)
    if refresh_token:
        with suppress(BackendDown, Refused):
            session_of(request).begin(await auth.renew(refresh_token))


async def leave(request: PageRequest, auth: AuthClient) -> None:
    refresh_token = _refresh_token(request)
    if refresh_token:
        # If auth is unavailable, the browser deletes its tokens anyway, and the session expires.
        with suppress(BackendDown, Refused):
            await auth.sign_out(refresh_token)
    session_of(request).end()


def onwards(next_path: str) -> str:
    return local_path(next_path) or urls.lobby


def see_other(path: str) -> Redirect:
    return Redirect(path, status_code=303)


def _refresh_token(request: PageRequest) -> str | None:
    return session_of(request).refresh_token or request.cookies.get(REFRESH)
