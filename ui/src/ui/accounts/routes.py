"""Forms that work without a script: a good one is answered with 303, a bad one with itself."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from transcendence_common.identity import Player
from ui.accounts.pages import RegisterForm, RegisterPage, SignInForm, SignInPage, errors_by_field
from ui.clients.auth import AuthClient, Credentials, Registration
from ui.clients.backend import BackendDown, Refused
from ui.links import local_path, urls
from ui.pages import PageRequest, render
from ui.session.cookies import REFRESH
from ui.session.state import session_of

AUTH_DOWN = "Accounts are not answering right now. Nothing was changed; try again in a moment."
WRONG_CREDENTIALS = "Name and password do not match. Check both, or create an account."


@get("/sign-in")
async def show_sign_in(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    if visitor:
        return Redirect(local_path(next) or urls.lobby, status_code=303)
    return render(request, SignInPage(next=local_path(next) or ""))


@post("/sign-in")
async def sign_in(
    request: PageRequest, data: URLEncodedBody[SignInForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    missing = _missing(username=data.username, password=data.password)
    if missing:
        return _sign_in_again(request, data, 400, errors=missing)
    try:
        tokens = await auth.sign_in(Credentials(data.username.strip(), data.password))
    except BackendDown:
        return _sign_in_again(request, data, 503, problem=AUTH_DOWN)
    except Refused as refused:
        return _sign_in_again(
            request,
            data,
            refused.status,
            errors=errors_by_field(refused.errors),
            problem=_reason(refused, WRONG_CREDENTIALS),
        )
    session_of(request).begin(tokens)
    return Redirect(local_path(data.next) or urls.lobby, status_code=303)


@get("/register")
async def show_register(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    if visitor:
        return Redirect(local_path(next) or urls.lobby, status_code=303)
    return render(request, RegisterPage(next=local_path(next) or ""))


@post("/register")
async def register(
    request: PageRequest, data: URLEncodedBody[RegisterForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    missing = _missing(username=data.username, email=data.email, password=data.password)
    if missing:
        return _register_again(request, data, 400, errors=missing)
    username, email = data.username.strip(), data.email.strip()
    try:
        await auth.register(Registration(username, email, data.password))
        tokens = await auth.sign_in(Credentials(username, data.password))
    except BackendDown:
        return _register_again(request, data, 503, problem=AUTH_DOWN)
    except Refused as refused:
        return _register_again(
            request,
            data,
            refused.status,
            errors=errors_by_field(refused.errors),
            problem=_reason(refused, refused.detail),
        )
    session_of(request).begin(tokens)
    return Redirect(local_path(data.next) or urls.lobby, status_code=303)


@post("/sign-out")
async def sign_out(request: PageRequest, auth: NamedDependency[AuthClient]) -> Redirect:
    session = session_of(request)
    refresh_token = session.refresh_token or request.cookies.get(REFRESH)
    if refresh_token:
        # Where auth is away the browser forgets its tokens all the same, and the session runs out by itself.
        with suppress(BackendDown, Refused):
            await auth.sign_out(refresh_token)
    session.end()
    return Redirect(urls.landing, status_code=303)


def _sign_in_again(
    request: PageRequest,
    form: SignInForm,
    status: int,
    *,
    errors: dict[str, str] | None = None,
    problem: str = "",
) -> Template:
    page = SignInPage(
        next=local_path(form.next) or "",
        username=form.username,
        errors=errors or {},
        problem=problem,
    )
    return render(request, page, status=status)


def _register_again(
    request: PageRequest,
    form: RegisterForm,
    status: int,
    *,
    errors: dict[str, str] | None = None,
    problem: str = "",
) -> Template:
    page = RegisterPage(
        next=local_path(form.next) or "",
        username=form.username,
        email=form.email,
        errors=errors or {},
        problem=problem,
    )
    return render(request, page, status=status)


MISSING = {
    "username": "Enter your player name.",
    "email": "Enter your e-mail address.",
    "password": "Enter your password.",
}


def _missing(**fields: str) -> dict[str, str]:
    return {name: MISSING[name] for name, value in fields.items() if not value.strip()}


def _reason(refused: Refused, otherwise: str) -> str:
    """What to say above the form; nothing where a field says it already."""
    if refused.status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"Too many attempts. Wait {refused.retry_after_seconds} seconds, then try again."
    return "" if refused.errors else otherwise
