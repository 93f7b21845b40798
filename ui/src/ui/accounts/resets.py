"""Pages for a forgotten password: request a link, and choose a new password with it."""

from http import HTTPStatus
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Template

from contracts.auth.passwords import Reset
from contracts.auth.problems import AuthCode
from ui.accounts.form_errors import FormErrors, about_answer, about_empty_fields
from ui.accounts.pages import (
    UNKEPT,
    ForgotForm,
    ForgotPage,
    ForgotSentPage,
    ResetForm,
    ResetPage,
)
from ui.accounts.problem_page import ProblemLink, ProblemPage, code_about_link, sign_in_link
from ui.accounts.sign_in_completion import leave, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import flash
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
    if empty := about_empty_fields(email=data.email):
        return _forgot_again(request, data, empty)
    try:
        await auth.ask_for_reset(data.email.strip())
    except (BackendDown, Refused) as error:
        return _forgot_again(request, data, about_answer(error))
    return see_other(urls.forgot_sent)


@get("/forgot/sent")
async def show_forgot_sent(request: PageRequest) -> Template:
    """Show the same page for every address, so that it does not reveal whether the address has an account."""
    return render(request, ForgotSentPage())


@get("/reset")
async def show_reset(request: PageRequest, token: FromQuery[str] = "") -> Template:
    if not token:
        return _link_problem(request, AuthCode.LINK_UNKNOWN, HTTPStatus.NOT_FOUND)
    return render(request, ResetPage(token=token), headers=UNKEPT)


@post("/reset", request_max_body_size=MAX_FORM_BYTES)
async def reset(
    request: PageRequest, data: URLEncodedBody[ResetForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    if not data.password:
        failed = FormErrors(HTTPStatus.BAD_REQUEST, {"password": "Choose a new password."})
        return _reset_again(request, data, failed)
    try:
        await auth.reset_password(Reset(data.token, data.password))
    except BackendDown as error:
        return _reset_again(request, data, about_answer(error))
    except Refused as refused:
        code = code_about_link(refused)
        if code in LINK_PROBLEMS:
            return _link_problem(request, code, refused.status)
        return _reset_again(request, data, about_answer(refused))
    # Auth has ended every session of the account; a session of another account in this browser would hide the sign-in
    # page.
    await leave(request, auth)
    flash(session_of(request), "password_reset")
    return see_other(urls.sign_in)


def _link_problem(request: PageRequest, code: str, status: int) -> Template:
    heading, sentence = LINK_PROBLEMS[code]
    ways = (ProblemLink("Ask for a new link", urls.forgot), sign_in_link())
    page = ProblemPage(heading=heading, sentence=sentence, ways=ways)
    return render(request, page, status=status)


def _forgot_again(request: PageRequest, form: ForgotForm, failed: FormErrors) -> Template:
    page = ForgotPage(email=form.email, errors=failed.errors, problem=failed.problem)
    return render(request, page, status=failed.status)


def _reset_again(request: PageRequest, form: ResetForm, failed: FormErrors) -> Template:
    page = ResetPage(token=form.token, errors=failed.errors, problem=failed.problem)
    return render(request, page, status=failed.status, headers=UNKEPT)


LINK_PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    AuthCode.LINK_UNKNOWN: (
        "Unknown link",
        "The link may be incomplete. Copy the whole link from the email, or ask for a new one.",
    ),
    AuthCode.LINK_OVER: (
        "This link has expired",
        "Each link works once and expires soon. Your password hasn’t changed; ask for a new link.",
    ),
}

RESETS = [show_forgot, ask_for_reset, show_forgot_sent, show_reset, reset]
