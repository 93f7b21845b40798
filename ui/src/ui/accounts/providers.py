"""Sign-in with other providers: the visit to the provider, and every kind of return."""

from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.oauth import (
    FinishedProviderVisit,
    ProviderDetails,
    ProviderVisitEnd,
    ProviderVisitStart,
    StartedProviderVisit,
)
from contracts.auth.problems import AuthCode
from transcendence_common.cross_site import is_cross_site
from transcendence_common.identity import Player
from ui.accounts.pages import NO_STORE, OwnProviderVisitForm, ProviderVisitPage
from ui.accounts.provider_problems import provider_problem_page
from ui.accounts.sign_in_completion import complete_sign_in, safe_path_or_lobby, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.form_size import MAX_FORM_BYTES
from ui.links import safe_local_path, urls
from ui.pages import PageRequest, path_and_query, render
from ui.session.cookies import OAUTH_COOKIE, cleared_cookie, oauth_cookie
from ui.session.state import session_of

LONGEST_KEPT_PATH: Final = 1024
"""Characters of the page to return to, which shares a cookie with the flow: browsers accept 4096 bytes."""
CODES_ABOUT_THE_SESSION: Final = (
    AuthCode.CONFIRMATION_REQUIRED,
    AuthCode.SESSION_OVER,
    "not_signed_in",
)
"""Errors of the session here, not of the provider: they have pages of their own (error_pages.py)."""


class ProviderVisit(NamedTuple):
    """Contents of the browser's cookie during a visit to a provider."""

    flow: str
    next: str


async def configured_providers(auth: AuthClient) -> list[ProviderDetails]:
    """Return the configured providers, or none if auth is unavailable, because there are other sign-in methods."""
    try:
        return await auth.providers()
    except (BackendDown, Refused):
        return []


@get("/sign-in/with/{provider:str}")
async def go_to_provider(
    request: PageRequest,
    provider: FromPath[str],
    visitor: NamedDependency[Player | None],
    auth: NamedDependency[AuthClient],
    next: FromQuery[str] = "",  # noqa: A002
) -> Response[Any]:
    """Begin a visit to sign in. Links from any page can lead here, so linking and confirming are not possible."""
    if visitor:
        return see_other(safe_path_or_lobby(next))
    next_path = safe_local_path(next) or ""
    # Another site must not be able to sign a visitor in, especially to another account; a GET is not checked elsewhere.
    if is_cross_site(request.scope["headers"]):
        again = path_and_query(request)
        return await _show_problem(request, auth, provider, "cross_site", next_path, again=again)
    begun = await _begin_visit(
        request, auth, provider, ProviderVisitStart("sign_in", next_path or None)
    )
    if isinstance(begun, Template):
        return begun
    return Redirect(begun, status_code=303, headers=NO_STORE)


@post("/sign-in/with/{provider:str}", status_code=200, request_max_body_size=MAX_FORM_BYTES)
async def go_to_provider_signed_in(
    request: PageRequest,
    provider: FromPath[str],
    data: URLEncodedBody[OwnProviderVisitForm],
    auth: NamedDependency[AuthClient],
) -> Template:
    """Begin a visit to link or confirm. It needs a form, which neither a link nor another site can submit for a
    player."""
    next_path = safe_local_path(data.next) or ""
    begun = await _begin_visit(
        request, auth, provider, ProviderVisitStart(data.intent, next_path or None)
    )
    if isinstance(begun, Template):
        return begun
    page = ProviderVisitPage(address=begun, provider_name=await _provider_name(auth, provider))
    return render(request, page, headers=NO_STORE)


@get("/sign-in/with/{provider:str}/return")
async def return_from_provider(
    request: PageRequest, provider: FromPath[str], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    session = session_of(request)
    provider_visit = _unpack_visit(request.cookies.get(OAUTH_COOKIE, ""))
    # A flow allows one return, whatever its result.
    session.set_cookies(cleared_cookie(OAUTH_COOKIE))
    said = request.query_params
    state, code = said.get("state", ""), said.get("code", "")
    if error := said.get("error"):
        return await _show_problem(
            request, auth, provider, _auth_error_of(error), provider_visit.next
        )
    if not (provider_visit.flow and state and code):
        return await _show_problem(
            request, auth, provider, AuthCode.OAUTH_REFUSED, provider_visit.next
        )
    try:
        end = ProviderVisitEnd(provider, provider_visit.flow, state, code)
        result = await auth.finish_provider_visit(end, session.access_token)
    except (BackendDown, Refused) as failure:
        if failure.problem.code in CODES_ABOUT_THE_SESSION:
            raise
        return await _show_problem(
            request, auth, provider, failure.problem.code, provider_visit.next
        )
    return see_other(_apply_visit_result(request, result))


async def _begin_visit(
    request: PageRequest, auth: AuthClient, provider: str, start: ProviderVisitStart
) -> str | Template:
    """Begin a visit at auth and store its token in a cookie. Return the provider's address, or a page about the
    error."""
    session, next_path = session_of(request), start.next or ""
    try:
        flow = await auth.start_provider_visit(provider, start, session.access_token)
    except (BackendDown, Refused) as error:
        if error.problem.code in CODES_ABOUT_THE_SESSION:
            raise
        return await _show_problem(request, auth, provider, error.problem.code, next_path)
    session.set_cookies(oauth_cookie(_pack_visit(flow, next_path), flow.expires_in))
    return flow.authorization_url


def _apply_visit_result(request: PageRequest, result: FinishedProviderVisit) -> str:
    session = session_of(request)
    next_path = safe_local_path(result.next) or ""
    if (answer := result.tokens or result.challenge) is not None:
        if result.result == "registered":
            set_notice(session, "registered_elsewhere")
        return complete_sign_in(request, answer, next_path)
    set_notice(session, "identity_linked" if result.result == "linked" else "confirmed")
    return next_path or urls.settings_sign_in


async def _show_problem(
    request: PageRequest,
    auth: AuthClient,
    provider: str,
    code: str,
    next_path: str,
    *,
    again: str | None = None,
) -> Template:
    signed_in = session_of(request).player is not None
    status, page = provider_problem_page(
        code,
        await _provider_name(auth, provider),
        again or urls.sign_in_with(provider, next_path),
        next_path,
        signed_in=signed_in,
    )
    return render(request, page, status=status)


async def _provider_name(auth: AuthClient, provider: str) -> str:
    names = {each.id: each.name for each in await configured_providers(auth)}
    return names.get(provider, "the other site")


def _auth_error_of(provider_error: str) -> str:
    """Translate an OAuth error (RFC 6749, 4.1.2.1), which a provider sends instead of an authorization code, into the
    error code of its problem page."""
    if provider_error in {"server_error", "temporarily_unavailable"}:
        return AuthCode.PROVIDER_DOWN
    return provider_error if provider_error == "access_denied" else AuthCode.OAUTH_REFUSED


def _pack_visit(flow: StartedProviderVisit, next_path: str) -> str:
    kept = quote(next_path, safe="") if len(next_path) <= LONGEST_KEPT_PATH else ""
    return f"{quote(flow.flow, safe='')}|{kept}"


def _unpack_visit(kept: str) -> ProviderVisit:
    flow, _, next_path = kept.partition("|")
    return ProviderVisit(unquote(flow), safe_local_path(unquote(next_path)) or "")


PROVIDER_ROUTES = [go_to_provider, go_to_provider_signed_in, return_from_provider]
