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
from ui.accounts.form_errors import FormErrors, empty_field_errors, errors_of_answer
from ui.accounts.pages import ConfirmForm, ConfirmPage
from ui.accounts.passkeys import NextPage, parse_passkey_form
from ui.accounts.providers import configured_providers
from ui.accounts.second_factor import code_without_spaces
from ui.accounts.sign_in_completion import see_other
from ui.caching import NO_STORE
from ui.clients.auth import AuthClient, PasskeyRequest
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.form_size import MAX_FORM_BYTES
from ui.links import safe_local_path, urls
from ui.pages import PageRequest, render
from ui.session.state import session_of

NO_ERRORS: Final = FormErrors(HTTPStatus.OK, {})
CODES_ABOUT_THE_PROOF: Final = frozenset(
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
    return render(request, await _load_page(request, auth, next, NO_ERRORS))


@post("/confirm", request_max_body_size=MAX_FORM_BYTES)
async def confirm(
    request: PageRequest, data: URLEncodedBody[ConfirmForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    failed = empty_field_errors(password=data.password) or await _try_to_confirm(
        request, data, auth
    )
    if failed is None:
        return see_other(_notify_confirmed(request, data.next))
    page = await _load_page(request, auth, data.next, failed)
    return render(request, page, status=failed.status)


@post("/confirm/passkey/options", status_code=200)
async def get_confirmation_passkey_request(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Response[PasskeyRequest]:
    asked = await auth.confirmation_passkey_request(session_of(request).required_access_token())
    return Response(asked, headers=NO_STORE)


@post("/confirm/passkey", status_code=200, request_max_body_size=MAX_FORM_BYTES)
async def confirm_with_passkey(
    request: PageRequest, body: RawBody, auth: NamedDependency[AuthClient]
) -> Response[NextPage]:
    token = session_of(request).required_access_token()
    form = parse_passkey_form(body)
    await auth.confirm_with_passkey(form.as_passkey_answer, token)
    return Response(NextPage(_notify_confirmed(request, form.next)), headers=NO_STORE)


async def _try_to_confirm(
    request: PageRequest, form: ConfirmForm, auth: AuthClient
) -> FormErrors | None:
    proof = ConfirmationRequest(form.password, code_without_spaces(form.code) or None)
    try:
        await auth.confirm_session(proof, session_of(request).required_access_token())
    except BackendDown as error:
        return errors_of_answer(error)
    except Refused as refused:
        if refused.code not in CODES_ABOUT_THE_PROOF:
            raise
        return errors_of_answer(refused)
    return None


async def _load_page(
    request: PageRequest, auth: AuthClient, next_path: str, failed: FormErrors
) -> ConfirmPage:
    token = session_of(request).required_access_token()
    account, passkeys, identities, providers = await gather(
        auth.own_account(token),
        auth.passkeys(token),
        auth.linked_identities(token),
        configured_providers(auth),
    )
    linked = {identity.provider for identity in identities}
    return ConfirmPage(
        next=safe_local_path(next_path) or "",
        has_password=account.has_password,
        two_factor=account.two_factor,
        has_passkey=bool(passkeys),
        providers=[provider for provider in providers if provider.id in linked],
        errors=failed.errors,
        problem=failed.problem,
    )


def _notify_confirmed(request: PageRequest, next_path: str) -> str:
    set_notice(session_of(request), "confirmed")
    return safe_local_path(next_path) or urls.settings_sign_in


CONFIRMATION_ROUTES = [
    show_confirm,
    confirm,
    get_confirmation_passkey_request,
    confirm_with_passkey,
]
