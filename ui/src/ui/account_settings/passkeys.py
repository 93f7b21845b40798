"""Passkeys in the settings: two calls of the script that creates one, and forms to rename and remove one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import FromPath, RawBody, URLEncodedBody

from contracts.auth.problems import AuthCode
from ui.account_settings.forms import error_if_empty, form_with_errors, refused_form
from ui.account_settings.pages import redirect_with_notice
from ui.account_settings.security import SecurityFormStates, show_security_with_failed_form
from ui.caching import NO_STORE
from ui.clients.auth import AuthClient, NewPasskey
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.links import urls
from ui.pages import PageRequest
from ui.session.state import session_of


class PasskeyNameForm(msgspec.Struct, frozen=True):
    name: str = ""


@post("/settings/passkeys/options", status_code=200)
async def get_passkey_options(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Response[bytes]:
    """Return the WebAuthn options with which the browser creates a passkey, for a script."""
    options = await auth.new_passkey_options(session_of(request).required_access_token())
    return Response(bytes(options), media_type="application/json", headers=NO_STORE)


@post("/settings/passkeys", status_code=204)
async def add_passkey(
    request: PageRequest,
    body: RawBody,
    auth: NamedDependency[AuthClient],
) -> None:
    session = session_of(request)
    await auth.add_passkey(_parse_new_passkey(body), session.required_access_token())
    set_notice(session, "passkey_added")


@post("/settings/passkeys/{passkey_id:uuid}")
async def rename_passkey(
    request: PageRequest,
    passkey_id: FromPath[UUID],
    data: URLEncodedBody[PasskeyNameForm],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    typed = {"id": str(passkey_id), "name": data.name}
    form = form_with_errors({"name": error_if_empty(data.name, "Enter a name.")}, **typed)
    if form is None:
        try:
            await auth.rename_passkey(
                passkey_id, data.name.strip(), session_of(request).required_access_token()
            )
        except (BackendDown, Refused) as error:
            form = refused_form(error, **typed)
        else:
            return redirect_with_notice(request, urls.settings_security, "passkey_renamed")
    forms = SecurityFormStates(passkey=form)
    return await show_security_with_failed_form(request, auth, forms, form.status)


@post("/settings/passkeys/{passkey_id:uuid}/remove")
async def remove_passkey(
    request: PageRequest, passkey_id: FromPath[UUID], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        await auth.remove_passkey(passkey_id, session_of(request).required_access_token())
    except (BackendDown, Refused) as error:
        # A passkey that is already removed is a success.
        if not (isinstance(error, Refused) and error.code == AuthCode.NO_SUCH_PASSKEY):
            form = refused_form(error)
            forms = SecurityFormStates(passkey=form)
            return await show_security_with_failed_form(request, auth, forms, form.status)
    return redirect_with_notice(request, urls.settings_security, "passkey_removed")


def _parse_new_passkey(body: bytes) -> NewPasskey:
    # Litestar would decode the credential, which must be passed to auth as the browser created it.
    try:
        return msgspec.json.decode(body, type=NewPasskey)
    except msgspec.MsgspecError as error:
        raise ValidationException(detail=str(error)) from error


PASSKEY_ROUTES = [get_passkey_options, add_passkey, rename_passkey, remove_passkey]
