"""Sign-in with other providers: the visit to the provider, and every kind of return."""

from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.oauth import (
    FinishedFlow,
    ProviderDetails,
    ProviderVisitEnd,
    ProviderVisitStart,
    StartedFlow,
)
from contracts.auth.problems import AuthCode
from transcendence_common.cross_site import is_cross_site
from transcendence_common.identity import Player
from ui.accounts.pages import UNKEPT, OwnProviderVisitForm, ProviderVisitPage
from ui.accounts.provider_problems import provider_problem_page
from ui.accounts.sign_in_completion import complete_sign_in, onwards, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import flash
from ui.form_size import MAX_FORM_BYTES
from ui.links import local_path, urls
from ui.pages import PageRequest, address, render
from ui.session.cookies import OAUTH, cleared_cookie, oauth_cookie
from ui.session.state import session_of

LONGEST_KEPT_PATH: Final = 1024
"""Characters of the page to return to, which shares a cookie with the flow: browsers accept 4096 bytes."""
NOT_PROVIDERS: Final = (AuthCode.CONFIRMATION_REQUIRED, AuthCode.SESSION_OVER, "not_signed_in")
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
        return see_other(onwards(next))
    next_path = local_path(next) or ""
    # Another site must not be able to sign a visitor in, especially to another account; a GET is not checked elsewhere.
    if is_cross_site(request.scope["headers"]):
        again = address(request)
        return await _problem(request, auth, provider, "cross_site", next_path, again=again)
    begun = await _begin(request, auth, provider, ProviderVisitStart("sign_in", next_path or None))
    if isinstance(begun, Template):
        return begun
    return Redirect(begun, status_code=303, headers=UNKEPT)


@post("/sign-in/with/{provider:str}", status_code=200, request_max_body_size=MAX_FORM_BYTES)
async def go_to_provider_as_oneself(
    request: PageRequest,
    provider: FromPath[str],
    data: URLEncodedBody[OwnProviderVisitForm],
    auth: NamedDependency[AuthClient],
) -> Template:
    """Begin a visit to link or confirm. It needs a form, which neither a link nor another site can submit for a
    player."""
    next_path = local_path(data.next) or ""
    begun = await _begin(
        request, auth, provider, ProviderVisitStart(data.intent, next_path or None)
    )
    if isinstance(begun, Template):
        return begun
    return render(request, ProviderVisitPage(address=begun), headers=UNKEPT)


@get("/sign-in/with/{provider:str}/return")
async def come_from_provider(
    request: PageRequest, provider: FromPath[str], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    session = session_of(request)
    trip = _unpacked(request.cookies.get(OAUTH, ""))
    # A flow allows one return, whatever its result.
    session.keep(cleared_cookie(OAUTH))
    said = request.query_params
    state, code = said.get("state", ""), said.get("code", "")
    if error := said.get("error"):
        return await _problem(request, auth, provider, _code_of(error), trip.next)
    if not (trip.flow and state and code):
        return await _problem(request, auth, provider, AuthCode.OAUTH_REFUSED, trip.next)
    try:
        end = ProviderVisitEnd(provider, trip.flow, state, code)
        result = await auth.finish_flow(end, session.access_token)
    except (BackendDown, Refused) as failure:
        if failure.problem.code in NOT_PROVIDERS:
            raise
        return await _problem(request, auth, provider, failure.problem.code, trip.next)
    return see_other(_arrive(request, result))


async def _begin(
    request: PageRequest, auth: AuthClient, provider: str, start: ProviderVisitStart
) -> str | Template:
    """Return the provider's address, or a page about the error. The browser's cookie stores what the return needs."""
    session, next_path = session_of(request), start.next or ""
    try:
        flow = await auth.start_flow(provider, start, session.access_token)
    except (BackendDown, Refused) as error:
        if error.problem.code in NOT_PROVIDERS:
            raise
        return await _problem(request, auth, provider, error.problem.code, next_path)
    session.keep(oauth_cookie(_packed(flow, next_path), flow.expires_in))
    return flow.authorization_url


def _arrive(request: PageRequest, result: FinishedFlow) -> str:
    session = session_of(request)
    next_path = local_path(result.next) or ""
    if (answer := result.tokens or result.challenge) is not None:
        if result.result == "registered":
            flash(session, "registered_elsewhere")
        return complete_sign_in(request, answer, next_path)
    flash(session, "identity_linked" if result.result == "linked" else "confirmed")
    return next_path or urls.settings_sign_in


async def _problem(
    request: PageRequest,
    auth: AuthClient,
    provider: str,
    code: str,
    next_path: str,
    *,
    again: str | None = None,
) -> Template:
    names = {each.id: each.name for each in await configured_providers(auth)}
    signed_in = session_of(request).player is not None
    status, page = provider_problem_page(
        code,
        names.get(provider, "the other site"),
        again or urls.sign_in_with(provider, next_path),
        next_path,
        signed_in=signed_in,
    )
    return render(request, page, status=status)


def _code_of(provider_error: str) -> str:
    """Return auth's name for an error that a provider sent instead of a code (RFC 6749, 4.1.2.1)."""
    if provider_error in {"server_error", "temporarily_unavailable"}:
        return AuthCode.PROVIDER_DOWN
    return provider_error if provider_error == "access_denied" else AuthCode.OAUTH_REFUSED


def _packed(flow: StartedFlow, next_path: str) -> str:
    kept = quote(next_path, safe="") if len(next_path) <= LONGEST_KEPT_PATH else ""
    return f"{quote(flow.flow, safe='')}|{kept}"


def _unpacked(kept: str) -> ProviderVisit:
    flow, _, next_path = kept.partition("|")
    return ProviderVisit(unquote(flow), local_path(unquote(next_path)) or "")


PROVIDERS = [go_to_provider, go_to_provider_as_oneself, come_from_provider]
