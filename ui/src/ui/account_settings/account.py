"""Settings page of email address and password."""

from typing import Any, ClassVar

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Template

from contracts.auth.accounts import Me
from contracts.auth.addresses import EmailChange
from contracts.auth.passwords import PasswordChange
from ui.account_settings.forms import UNTOUCHED, FormState, incomplete, missing, refused
from ui.account_settings.pages import SettingsPage, done
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of


class EmailForm(msgspec.Struct, frozen=True):
    email: str = ""
    password: str = ""


class PasswordForm(msgspec.Struct, frozen=True):
    current_password: str = ""
    new_password: str = ""


class AccountSettingsPage(SettingsPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "settings/account.html"

    section: str = "account"
    account: Me | None
    """None if auth is unavailable."""
    email: FormState = UNTOUCHED
    password: FormState = UNTOUCHED


@get("/settings/account")
async def show_account_settings(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Template:
    account = await auth.me(session_of(request).bearer())
    return render(request, AccountSettingsPage(account=account))


@post("/settings/email")
async def change_email(
    request: PageRequest, data: URLEncodedBody[EmailForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    email = data.email.strip()
    form = incomplete({"email": missing(email, "Enter the new address.")}, email=email)
    if form is None:
        try:
            await auth.change_email(
                EmailChange(email, data.password or None), session_of(request).bearer()
            )
        except (BackendDown, Refused) as error:
            form = refused(error, email=email)
        else:
            return done(request, urls.settings_account, "email_change_asked")
    return await _again(request, auth, email=form)


@post("/settings/email/forget")
async def forget_pending_email(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        await auth.forget_pending_email(session_of(request).bearer())
    except (BackendDown, Refused) as error:
        return await _again(request, auth, email=refused(error))
    return done(request, urls.settings_account, "email_change_forgotten")


@post("/settings/password")
async def change_password(
    request: PageRequest, data: URLEncodedBody[PasswordForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    form = incomplete({"new_password": missing(data.new_password, "Enter the new password.")})
    if form is None:
        change = PasswordChange(data.new_password, data.current_password or None)
        try:
            await auth.change_password(change, session_of(request).bearer())
        except (BackendDown, Refused) as error:
            form = _with_our_names(refused(error))
        else:
            return done(request, urls.settings_account, "password_changed")
    return await _again(request, auth, password=form)


async def _again(
    request: PageRequest,
    auth: AuthClient,
    *,
    email: FormState = UNTOUCHED,
    password: FormState = UNTOUCHED,
) -> Template:
    account = await _account(request, auth)
    page = AccountSettingsPage(account=account, email=email, password=password)
    return render(request, page, status=max(email.status, password.status))


async def _account(request: PageRequest, auth: AuthClient) -> Me | None:
    try:
        return await auth.me(session_of(request).bearer())
    except BackendDown:
        return None


def _with_our_names(form: FormState) -> FormState:
    """Rename auth's field `password` to `new_password`, because another form on the page has a field `password`."""
    names = {"password": "new_password"}
    errors = {names.get(name, name): message for name, message in form.errors.items()}
    return msgspec.structs.replace(form, errors=errors)
