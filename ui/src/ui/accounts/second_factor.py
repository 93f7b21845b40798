"""The form for the second factor's code. The challenge is stored in a cookie, because addresses are visible and
logged."""

from http import HTTPStatus
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.problems import AuthCode
from contracts.auth.two_factor import ChallengeAnswer
from transcendence_common.identity import Player
from ui.accounts.form_errors import FormErrors, about_answer, about_empty_fields
from ui.accounts.pages import CodeForm, SecondFactorPage
from ui.accounts.sign_in_completion import complete_sign_in, onwards, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import flash
from ui.form_size import MAX_FORM_BYTES
from ui.links import local_path, urls
from ui.pages import PageRequest, render
from ui.session.cookies import CHALLENGE, cleared_cookie
from ui.session.state import session_of


@get("/sign-in/code")
async def show_second_factor(
    request: PageRequest,
    visitor: NamedDependency[Player | None],
    next: FromQuery[str] = "",  # noqa: A002
    recovery: FromQuery[bool] = False,
) -> Response[Any]:
    if visitor:
        return see_other(onwards(next))
    if CHALLENGE not in request.cookies:
        return _challenge_over(request, next)
    page = SecondFactorPage(next=local_path(next) or "", recovery=recovery)
    return render(request, page)


@post("/sign-in/code", request_max_body_size=MAX_FORM_BYTES)
async def answer_second_factor(
    request: PageRequest, data: URLEncodedBody[CodeForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    challenge = request.cookies.get(CHALLENGE)
    if not challenge:
        return _challenge_over(request, data.next)
    if empty := about_empty_fields(code=data.code):
        return _code_again(request, data, empty)
    try:
        tokens = await auth.answer_challenge(ChallengeAnswer(challenge, typed_code(data.code)))
    except BackendDown as error:
        return _code_again(request, data, about_answer(error))
    except Refused as refused:
        if refused.code == AuthCode.CHALLENGE_OVER:
            return _challenge_over(request, data.next)
        return _code_again(request, data, _about_code(refused))
    return see_other(complete_sign_in(request, tokens, data.next))


def typed_code(code: str) -> str:
    """Return the code without the spaces that apps show in the middle of it."""
    return "".join(code.split())


def _about_code(refused: Refused) -> FormErrors:
    if refused.code != AuthCode.WRONG_CODE:
        return about_answer(refused)
    words = "This code is wrong or has expired."
    if (left := refused.problem.attempts_left) is not None:
        words = f"{words} {_tries(left)}"
    return FormErrors(HTTPStatus.UNAUTHORIZED, {"code": words})


def _tries(left: int) -> str:
    return "1 attempt left." if left == 1 else f"{left} attempts left."


def _challenge_over(request: PageRequest, next_path: str) -> Redirect:
    session = session_of(request)
    session.keep(cleared_cookie(CHALLENGE))
    flash(session, AuthCode.CHALLENGE_OVER)
    return see_other(urls.sign_in_and_return(local_path(next_path) or ""))


def _code_again(request: PageRequest, form: CodeForm, failed: FormErrors) -> Template:
    page = SecondFactorPage(
        next=local_path(form.next) or "",
        recovery=form.recovery,
        errors=failed.errors,
        problem=failed.problem,
    )
    return render(request, page, status=failed.status)


SECOND_FACTOR = [show_second_factor, answer_second_factor]
