"""Passkeys in the settings: two calls of the script that creates one, and forms to rename and remove one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import FromPath, RawBody, URLEncodedBody

from contracts.auth.problems import AuthCode
from ui.account_settings.forms import incomplete, missing, refused
from ui.account_settings.pages import done
from ui.account_settings.security import SecurityForms, show_security_again
from ui.caching import NOT_KEPT
from ui.clients.auth import AuthClient, NewPasskey
from ui.clients.backend import BackendDown, Refused
from ui.flash import flash
from ui.links import urls
from ui.pages import PageRequest
from ui.session.state import session_of


class NameForm(msgspec.Struct, frozen=True):
    name: str = ""


@post("/settings/passkeys/options", status_code=200)
async def give_passkey_options(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Response[bytes]:
    """Return the WebAuthn options with which the browser creates a passkey, for a script."""
    options = await auth.passkey_options(session_of(request).bearer())
    return Response(bytes(options), media_type="application/json", headers=NOT_KEPT)


@post("/settings/passkeys", status_code=204)
async def add_passkey(
    request: PageRequest,
    body: RawBody,
    auth: NamedDependency[AuthClient],
) -> None:
    session = session_of(request)
    await auth.add_passkey(_read(body), session.bearer())
    flash(session, "passkey_added")


@post("/settings/passkeys/{passkey_id:uuid}")
async def rename_passkey(
    request: PageRequest,
    passkey_id: FromPath[UUID],
    data: URLEncodedBody[NameForm],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    typed = {"id": str(passkey_id), "name": data.name}
    form = incomplete({"name": missing(data.name, "Enter a name.")}, **typed)
    if form is None:
        try:
            await auth.rename_passkey(passkey_id, data.name.strip(), session_of(request).bearer())
        except (BackendDown, Refused) as error:
            form = refused(error, **typed)
        else:
            return done(request, urls.settings_security, "passkey_renamed")
    forms = SecurityForms(passkey=form)
    return await show_security_again(request, auth, forms, form.status)


@post("/settings/passkeys/{passkey_id:uuid}/remove")
async def remove_passkey(
    request: PageRequest, passkey_id: FromPath[UUID], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        await auth.remove_passkey(passkey_id, session_of(request).bearer())
    except (BackendDown, Refused) as error:
        # A passkey that is already removed is a success.
        if not (isinstance(error, Refused) and error.code == AuthCode.NO_SUCH_PASSKEY):
            form = refused(error)
            forms = SecurityForms(passkey=form)
            return await show_security_again(request, auth, forms, form.status)
    return done(request, urls.settings_security, "passkey_removed")


def _read(body: bytes) -> NewPasskey:
    # Litestar would decode the credential, which must be passed to auth as the browser created it.
    try:
        return msgspec.json.decode(body, type=NewPasskey)
    except msgspec.MsgspecError as error:
        raise ValidationException(detail=str(error)) from error


PASSKEYS = [give_passkey_options, add_passkey, rename_passkey, remove_passkey]
