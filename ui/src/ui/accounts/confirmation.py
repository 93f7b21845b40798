"""Reauthentication before changes that could lock a player out of their account."""

from asyncio import gather
from http import HTTPStatus
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, RawBody, URLEncodedBody
from litestar.response import Template

from contracts.auth.problems import AuthCode
from contracts.auth.sessions import ConfirmationRequest
from ui.accounts.form_errors import FormErrors, about_answer, about_empty_fields
from ui.accounts.pages import ConfirmForm, ConfirmPage
from ui.accounts.passkeys import NextPage, read_passkey
from ui.accounts.providers import configured_providers
from ui.accounts.second_factor import typed_code
from ui.accounts.sign_in_completion import see_other
from ui.caching import NOT_KEPT
from ui.clients.auth import AuthClient, PasskeyRequest
from ui.clients.backend import BackendDown, Refused
from ui.flash import flash
from ui.form_size import MAX_FORM_BYTES
from ui.links import local_path, urls
from ui.pages import PageRequest, render
from ui.session.state import session_of

NOTHING: Final = FormErrors(HTTPStatus.OK, {})
ABOUT_THE_PROOF: Final = frozenset(
    {
        AuthCode.WRONG_PASSWORD,
        AuthCode.WRONG_CODE,
        "invalid",
        AuthCode.TOO_MANY_ATTEMPTS,
        AuthCode.NO_PASSWORD,
    }
)
"""Errors that the form shows; others are about the session and have pages of their own."""


@get("/confirm")
async def show_confirm(
    request: PageRequest,
    auth: NamedDependency[AuthClient],
    next: FromQuery[str] = "",  # noqa: A002
) -> Template:
    return render(request, await _page(request, auth, next, NOTHING))


@post("/confirm", request_max_body_size=MAX_FORM_BYTES)
async def confirm(
    request: PageRequest, data: URLEncodedBody[ConfirmForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    failed = about_empty_fields(password=data.password) or await _try(request, data, auth)
    if failed is None:
        return see_other(_confirmed(request, data.next))
    page = await _page(request, auth, data.next, failed)
    return render(request, page, status=failed.status)


@post("/confirm/passkey/options", status_code=200)
async def ask_for_confirming_passkey(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Response[PasskeyRequest]:
    asked = await auth.confirmation_passkey_request(session_of(request).bearer())
    return Response(asked, headers=NOT_KEPT)


@post("/confirm/passkey", status_code=200, request_max_body_size=MAX_FORM_BYTES)
async def confirm_with_passkey(
    request: PageRequest, body: RawBody, auth: NamedDependency[AuthClient]
) -> Response[NextPage]:
    token = session_of(request).bearer()
    form = read_passkey(body)
    await auth.confirm_with_passkey(form.answer, token)
    return Response(NextPage(_confirmed(request, form.next)), headers=NOT_KEPT)


async def _try(request: PageRequest, form: ConfirmForm, auth: AuthClient) -> FormErrors | None:
    proof = ConfirmationRequest(form.password, typed_code(form.code) or None)
    try:
        await auth.confirm_session(proof, session_of(request).bearer())
    except BackendDown as error:
        return about_answer(error)
    except Refused as refused:
        if refused.code not in ABOUT_THE_PROOF:
            raise
        return about_answer(refused)
    return None


async def _page(
    request: PageRequest, auth: AuthClient, next_path: str, failed: FormErrors
) -> ConfirmPage:
    token = session_of(request).bearer()
    account, passkeys, identities, providers = await gather(
        auth.me(token),
        auth.passkeys(token),
        auth.identities(token),
        configured_providers(auth),
    )
    linked = {identity.provider for identity in identities}
    return ConfirmPage(
        next=local_path(next_path) or "",
        has_password=account.has_password,
        two_factor=account.two_factor,
        has_passkey=bool(passkeys),
        providers=[provider for provider in providers if provider.id in linked],
        errors=failed.errors,
        problem=failed.problem,
    )


def _confirmed(request: PageRequest, next_path: str) -> str:
    flash(session_of(request), "confirmed")
    return local_path(next_path) or urls.settings_sign_in


CONFIRMATION = [show_confirm, confirm, ask_for_confirming_passkey, confirm_with_passkey]
