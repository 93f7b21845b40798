"""Renders errors as pages for people, and as problem details for scripts."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.config.app import AppConfig
from litestar.exceptions import HTTPException
from litestar.plugins import InitPlugin
from litestar.response import Redirect

from contracts.auth.problems import AuthCode
from transcendence_common.problems import problem_details
from ui.clients.backend import BackendDown, Refused
from ui.links import safe_local_path, urls
from ui.pages import Page, path_and_query, render
from ui.session.state import session_of

ExceptionHandler = Callable[[Request[Any, Any, Any], Any], Response[Any]]

JSON_TYPES = ("application/json", "application/problem+json")


class ErrorPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "error.html"

    status: int
    heading: str
    advice: str
    retry: str | None
    """The failed address, if trying again may help."""


class PageErrors(InitPlugin):
    """Answers exceptions with pages, or with problem details if the request accepts JSON."""

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config = problem_details().on_app_init(app_config)
        for kind, for_scripts in list(app_config.exception_handlers.items()):
            app_config.exception_handlers[kind] = _page_handler(for_scripts)
        return app_config


def _page_handler(for_scripts: ExceptionHandler) -> ExceptionHandler:
    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if _wants_json(request):
            return for_scripts(request, error)
        if isinstance(error, Refused) and error.code == AuthCode.CONFIRMATION_REQUIRED:
            return _redirect_page(request, urls.confirm_and_return(_path_to_come_back_to(request)))
        if isinstance(error, HTTPException) and error.status_code == HTTPStatus.UNAUTHORIZED:
            if isinstance(error, Refused) and error.code == AuthCode.SESSION_OVER:
                # Its access token is valid for some minutes more, and would redirect the sign-in page straight back.
                session_of(request).end_session()
            return _redirect_to_sign_in(request)
        return _error_page(request, error)

    return answer


def _wants_json(request: Request[Any, Any, Any]) -> bool:
    accepted = request.headers.get("Accept", "")
    return "text/html" not in accepted and any(kind in accepted for kind in JSON_TYPES)


def _redirect_to_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    if session_of(request).unsure:
        # The visitor may be signed in: redirecting to the sign-in page would be wrong, and would fail too.
        return _error_page(request, BackendDown("auth"))
    where = urls.sign_in
    if request.method == "GET":
        where = urls.sign_in_and_return(path_and_query(request))
    return _redirect_page(request, where)


def _path_to_come_back_to(request: Request[Any, Any, Any]) -> str:
    """Return the page to come back to: the requested one, or for a form the page that it was on. Empty if that page is
    unknown or not on this site."""
    if request.method == "GET":
        return path_and_query(request)
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if page.netloc != request.headers.get("Host"):
        return ""
    return safe_local_path(f"{page.path}?{page.query}" if page.query else page.path) or ""


def _redirect_page(request: Request[Any, Any, Any], where: str) -> Response[Any]:
    if "HX-Request" in request.headers:
        return Response("", status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": where})
    return Redirect(where, status_code=303)


def _error_page(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    http = error if isinstance(error, HTTPException) else None
    status = http.status_code if http else int(HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = (http.headers if http else None) or {}
    heading, advice = _heading_and_advice(status, headers.get("Retry-After"))
    if status == HTTPStatus.SERVICE_UNAVAILABLE and request.method != "GET":
        advice = NOT_SAVED_ADVICE
    may_pass = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    page = ErrorPage(
        status=status,
        heading=heading,
        advice=advice,
        retry=path_and_query(request) if may_pass and request.method == "GET" else None,
    )
    return render(request, page, status=status, headers=headers)


def _heading_and_advice(status: int, retry_after: str | None) -> tuple[str, str]:
    if status == HTTPStatus.TOO_MANY_REQUESTS and retry_after:
        heading, _ = TEXTS_BY_STATUS[status]
        return heading, f"Wait {retry_after} s, then try again."
    if status in TEXTS_BY_STATUS:
        return TEXTS_BY_STATUS[status]
    return TEXTS_BY_STATUS[
        HTTPStatus.BAD_REQUEST if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500
    ]


NOT_SAVED_ADVICE = "We can’t save right now. Nothing is lost; try again in a moment."
TEXTS_BY_STATUS: dict[int, tuple[str, str]] = {
    400: (
        "That request made no sense",
        "We couldn’t read this request. Go back, reload the page and try again.",
    ),
    403: ("Not your side of the net", "You’re not allowed to do this."),
    404: (
        "Out of court",
        "This page doesn’t exist, or you can’t see it.",
    ),
    405: ("Wrong shot", "This page doesn’t support that action. Go back and try again."),
    413: ("Too much at once", "What you sent is too large. Send less and try again."),
    429: ("Too fast", "You sent too many requests. Wait a moment, then try again."),
    500: ("Our fault", "Something went wrong on our side. We’ve logged it; try again in a minute."),
    503: (
        "Rain delay",
        "Part of the platform is unavailable. Nothing is lost; try again in a moment.",
    ),
}
