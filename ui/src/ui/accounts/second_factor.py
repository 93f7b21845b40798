"""The form for the second factor's code. The challenge is stored in a cookie, because addresses are visible and
logged."""

from http import HTTPStatus
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.problems import AuthCode
from contracts.auth.two_factor import SecondFactorAnswer
from transcendence_common.identity import Player
from ui.accounts.form_errors import FormErrors, empty_field_errors, errors_of_answer
from ui.accounts.pages import CodeForm, SecondFactorPage
from ui.accounts.sign_in_completion import complete_sign_in, safe_path_or_lobby, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.form_size import MAX_FORM_BYTES
from ui.links import safe_local_path, urls
from ui.pages import PageRequest, render
from ui.session.cookies import CHALLENGE_COOKIE, cleared_cookie
from ui.session.state import session_of


@get("/sign-in/code")
async def show_second_factor(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    next: FromQuery[str] = "",  # noqa: A002
    recovery: FromQuery[bool] = False,
) -> Response[Any]:
    if visitor:
        return see_other(safe_path_or_lobby(next))
    if CHALLENGE_COOKIE not in request.cookies:
        return _redirect_expired_challenge(request, next)
    page = SecondFactorPage(next=safe_local_path(next) or "", recovery=recovery)
    return render(request, page)


@post("/sign-in/code", request_max_body_size=MAX_FORM_BYTES)
async def answer_second_factor(
    request: PageRequest, data: URLEncodedBody[CodeForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    challenge = request.cookies.get(CHALLENGE_COOKIE)
    if not challenge:
        return _redirect_expired_challenge(request, data.next)
    if empty := empty_field_errors(code=data.code):
        return _show_code_form_again(request, data, empty)
    try:
        tokens = await auth.answer_challenge(
            SecondFactorAnswer(challenge, code_without_spaces(data.code))
        )
    except BackendDown as error:
        return _show_code_form_again(request, data, errors_of_answer(error))
    except Refused as refused:
        if refused.code == AuthCode.CHALLENGE_OVER:
            return _redirect_expired_challenge(request, data.next)
        return _show_code_form_again(request, data, _code_errors(refused))
    return see_other(complete_sign_in(request, tokens, data.next))


def code_without_spaces(code: str) -> str:
    """Return the code without the spaces that apps show in the middle of it."""
    return "".join(code.split())


def _code_errors(refused: Refused) -> FormErrors:
    if refused.code != AuthCode.WRONG_CODE:
        return errors_of_answer(refused)
    words = "This code is wrong or has expired."
    if (left := refused.problem.attempts_left) is not None:
        words = f"{words} {_attempts_left_text(left)}"
    return FormErrors(HTTPStatus.UNAUTHORIZED, {"code": words})


def _attempts_left_text(left: int) -> str:
    return "1 attempt left." if left == 1 else f"{left} attempts left."


def _redirect_expired_challenge(request: PageRequest, next_path: str) -> Redirect:
    session = session_of(request)
    session.set_cookies(cleared_cookie(CHALLENGE_COOKIE))
    set_notice(session, AuthCode.CHALLENGE_OVER)
    return see_other(urls.sign_in_and_return(safe_local_path(next_path) or ""))


def _show_code_form_again(request: PageRequest, form: CodeForm, failed: FormErrors) -> Template:
    page = SecondFactorPage(
        next=safe_local_path(form.next) or "",
        recovery=form.recovery,
        errors=failed.errors,
        problem=failed.problem,
    )
    return render(request, page, status=failed.status)


SECOND_FACTOR_ROUTES = [show_second_factor, answer_second_factor]
