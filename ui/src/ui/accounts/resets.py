"""Pages for a forgotten password: request a link, and choose a new password with it."""

from http import HTTPStatus
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Template

from contracts.auth.passwords import PasswordReset
from contracts.auth.problems import AuthCode
from ui.accounts.form_errors import FormErrors, empty_field_errors, errors_of_answer
from ui.accounts.pages import (
    NO_STORE,
    ForgotForm,
    ForgotPage,
    ForgotSentPage,
    ResetForm,
    ResetPage,
)
from ui.accounts.problem_page import ProblemLink, ProblemPage, link_error_code, sign_in_link
from ui.accounts.sign_in_completion import see_other, sign_out_browser
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.form_size import MAX_FORM_BYTES
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of


@get("/forgot")
async def show_forgot(request: PageRequest) -> Template:
    return render(request, ForgotPage())


@post("/forgot", request_max_body_size=MAX_FORM_BYTES)
async def ask_for_reset(
    request: PageRequest,
    data: URLEncodedBody[ForgotForm],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    if empty := empty_field_errors(email=data.email):
        return _show_forgot_again(request, data, empty)
    try:
        await auth.ask_for_reset(data.email.strip())
    except (BackendDown, Refused) as error:
        return _show_forgot_again(request, data, errors_of_answer(error))
    return see_other(urls.forgot_sent)


@get("/forgot/sent")
async def show_forgot_sent(request: PageRequest) -> Template:
    """Show the same page for every address, so that it does not reveal whether the address has an account."""
    return render(request, ForgotSentPage())


@get("/reset")
async def show_reset(request: PageRequest, token: FromQuery[str] = "") -> Template:
    if not token:
        return _show_link_problem(request, AuthCode.LINK_UNKNOWN, HTTPStatus.NOT_FOUND)
    return render(request, ResetPage(token=token), headers=NO_STORE)


@post("/reset", request_max_body_size=MAX_FORM_BYTES)
async def reset_password(
    request: PageRequest, data: URLEncodedBody[ResetForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    if not data.password:
        failed = FormErrors(HTTPStatus.BAD_REQUEST, {"password": "Choose a new password."})
        return _show_reset_again(request, data, failed)
    try:
        await auth.reset_password(PasswordReset(data.token, data.password))
    except BackendDown as error:
        return _show_reset_again(request, data, errors_of_answer(error))
    except Refused as refused:
        code = link_error_code(refused)
        if code in LINK_PROBLEM_TEXTS:
            return _show_link_problem(request, code, refused.status)
        return _show_reset_again(request, data, errors_of_answer(refused))
    # Auth has ended every session of the account; a session of another account in this browser would hide the sign-in
    # page.
    await sign_out_browser(request, auth)
    set_notice(session_of(request), "password_reset")
    return see_other(urls.sign_in)


def _show_link_problem(request: PageRequest, code: str, status: int) -> Template:
    heading, sentence = LINK_PROBLEM_TEXTS[code]
    ways = (ProblemLink("Ask for a new link", urls.forgot), sign_in_link())
    page = ProblemPage(heading=heading, sentence=sentence, ways=ways)
    return render(request, page, status=status)


def _show_forgot_again(request: PageRequest, form: ForgotForm, failed: FormErrors) -> Template:
    page = ForgotPage(email=form.email, errors=failed.errors, problem=failed.problem)
    return render(request, page, status=failed.status)


def _show_reset_again(request: PageRequest, form: ResetForm, failed: FormErrors) -> Template:
    page = ResetPage(token=form.token, errors=failed.errors, problem=failed.problem)
    return render(request, page, status=failed.status, headers=NO_STORE)


LINK_PROBLEM_TEXTS: Final[dict[str, tuple[str, str]]] = {
    AuthCode.LINK_UNKNOWN: (
        "Unknown link",
        "The link may be incomplete. Copy the whole link from the email, or ask for a new one.",
    ),
    AuthCode.LINK_OVER: (
        "This link has expired",
        "Each link works once and expires soon. Your password hasn’t changed; ask for a new link.",
    ),
}

RESET_ROUTES = [show_forgot, ask_for_reset, show_forgot_sent, show_reset, reset_password]
