"""Forms that work without a script: a good one is answered with 303, a bad one with itself."""

from contextlib import suppress
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from transcendence_common.identity import Player
from ui.accounts.complaints import (
    WRONG_CREDENTIALS,
    Complaint,
    about_answer,
    about_empty_fields,
)
from ui.accounts.pages import RegisterForm, RegisterPage, SignInForm, SignInPage
from ui.clients.auth import AuthClient, Credentials, Registration
from ui.clients.backend import BackendDown, Refused
from ui.links import local_path, urls
from ui.pages import PageRequest, render
from ui.session.cookies import REFRESH
from ui.session.state import session_of

MAX_PASSWORD_BODY_BYTES = 16 * 1024
"""Of what anybody may send without being known; the longest name, address and password are far below it."""


@get("/sign-in")
async def show_sign_in(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    if visitor:
        return _onwards(next)
    return render(request, SignInPage(next=local_path(next) or ""))


@post("/sign-in", request_max_body_size=MAX_PASSWORD_BODY_BYTES)
async def sign_in(
    request: PageRequest, data: URLEncodedBody[SignInForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    if empty := about_empty_fields(username=data.username, password=data.password):
        return _sign_in_again(request, data, empty)
    try:
        tokens = await auth.sign_in(Credentials(data.username.strip(), data.password))
    except (BackendDown, Refused) as error:
        return _sign_in_again(request, data, about_answer(error, otherwise=WRONG_CREDENTIALS))
    session_of(request).begin(tokens)
    return _onwards(data.next)


@get("/register")
async def show_register(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    if visitor:
        return _onwards(next)
    return render(request, RegisterPage(next=local_path(next) or ""))


@post("/register", request_max_body_size=MAX_PASSWORD_BODY_BYTES)
async def register(
    request: PageRequest, data: URLEncodedBody[RegisterForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    if empty := about_empty_fields(
        username=data.username, email=data.email, password=data.password
    ):
        return _register_again(request, data, empty)
    wanted = Registration(data.username.strip(), data.email.strip(), data.password)
    try:
        await auth.register(wanted)
    except (BackendDown, Refused) as error:
        return _register_again(request, data, about_answer(error))
    return await _first_sign_in(request, data, auth)


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


async def _first_sign_in(request: PageRequest, form: RegisterForm, auth: AuthClient) -> Redirect:
    try:
        tokens = await auth.sign_in(Credentials(form.username.strip(), form.password))
    except (BackendDown, Refused):
        # The account exists: showing the form again would only end in "this name is taken".
        return Redirect(urls.sign_in_and_return(local_path(form.next) or ""), status_code=303)
    session_of(request).begin(tokens)
    return _onwards(form.next)


def _onwards(next_path: str) -> Redirect:
    return Redirect(local_path(next_path) or urls.lobby, status_code=303)


def _sign_in_again(request: PageRequest, form: SignInForm, complaint: Complaint) -> Template:
    page = SignInPage(
        next=local_path(form.next) or "",
        username=form.username,
        errors=complaint.errors,
        problem=complaint.problem,
    )
    return render(request, page, status=complaint.status)


def _register_again(request: PageRequest, form: RegisterForm, complaint: Complaint) -> Template:
    page = RegisterPage(
        next=local_path(form.next) or "",
        username=form.username,
        email=form.email,
        errors=complaint.errors,
        problem=complaint.problem,
    )
    return render(request, page, status=complaint.status)
