"""Registration, sign-in and sign-out with forms that work without a script: a valid form is answered with a redirect
(303), an invalid one with the form again."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.accounts import Registration
from contracts.auth.sessions import Credentials
from transcendence_common.identity import Player
from ui.accounts.form_errors import (
    WRONG_CREDENTIALS_TEXT,
    FormErrors,
    empty_field_errors,
    errors_of_answer,
)
from ui.accounts.pages import RegisterForm, RegisterPage, SignInForm, SignInPage
from ui.accounts.providers import configured_providers
from ui.accounts.sign_in_completion import (
    complete_sign_in,
    safe_path_or_lobby,
    see_other,
    sign_out_browser,
)
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.form_size import MAX_FORM_BYTES
from ui.links import safe_local_path, urls
from ui.pages import PageRequest, render
from ui.session.state import session_of


@get("/sign-in")
async def show_sign_in(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    auth: NamedDependency[AuthClient],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    if visitor:
        return see_other(safe_path_or_lobby(next))
    providers = await configured_providers(auth)
    return render(request, SignInPage(next=safe_local_path(next) or "", providers=providers))


@post("/sign-in", request_max_body_size=MAX_FORM_BYTES)
async def sign_in(
    request: PageRequest, data: URLEncodedBody[SignInForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    if empty := empty_field_errors(username=data.username, password=data.password):
        return await _show_sign_in_again(request, data, empty, auth)
    try:
        answer = await auth.sign_in(Credentials(data.username.strip(), data.password))
    except (BackendDown, Refused) as error:
        failed = errors_of_answer(error, otherwise=WRONG_CREDENTIALS_TEXT)
        return await _show_sign_in_again(request, data, failed, auth)
    return see_other(complete_sign_in(request, answer, data.next))


@get("/register")
async def show_register(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    auth: NamedDependency[AuthClient],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    if visitor:
        return see_other(safe_path_or_lobby(next))
    providers = await configured_providers(auth)
    return render(request, RegisterPage(next=safe_local_path(next) or "", providers=providers))


@post("/register", request_max_body_size=MAX_FORM_BYTES)
async def register(
    request: PageRequest, data: URLEncodedBody[RegisterForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    if empty := empty_field_errors(
        username=data.username, email=data.email, password=data.password
    ):
        return await _show_register_again(request, data, empty, auth)
    wanted = Registration(data.username.strip(), data.email.strip(), data.password)
    try:
        await auth.register(wanted)
    except (BackendDown, Refused) as error:
        return await _show_register_again(request, data, errors_of_answer(error), auth)
    set_notice(session_of(request), "registered")
    return await _sign_in_after_registration(request, data, auth)


@post("/sign-out")
async def sign_out(request: PageRequest, auth: NamedDependency[AuthClient]) -> Redirect:
    await sign_out_browser(request, auth)
    return see_other(urls.landing)


async def _sign_in_after_registration(
    request: PageRequest, form: RegisterForm, auth: AuthClient
) -> Redirect:
    try:
        answer = await auth.sign_in(Credentials(form.username.strip(), form.password))
    except (BackendDown, Refused):
        # The account exists: showing the form again would only lead to "this name is taken".
        return see_other(urls.sign_in_and_return(safe_local_path(form.next) or ""))
    return see_other(complete_sign_in(request, answer, form.next))


async def _show_sign_in_again(
    request: PageRequest, form: SignInForm, failed: FormErrors, auth: AuthClient
) -> Template:
    page = SignInPage(
        next=safe_local_path(form.next) or "",
        username=form.username,
        providers=await configured_providers(auth),
        errors=failed.errors,
        problem=failed.problem,
    )
    return render(request, page, status=failed.status)


async def _show_register_again(
    request: PageRequest, form: RegisterForm, failed: FormErrors, auth: AuthClient
) -> Template:
    page = RegisterPage(
        next=safe_local_path(form.next) or "",
        username=form.username,
        email=form.email,
        providers=await configured_providers(auth),
        errors=failed.errors,
        problem=failed.problem,
    )
    return render(request, page, status=failed.status)


ACCOUNT_ROUTES = [show_sign_in, sign_in, show_register, register, sign_out]
