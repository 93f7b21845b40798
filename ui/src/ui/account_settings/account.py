"""Settings page of email address and password."""

from typing import Any, ClassVar

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Template

from contracts.auth.accounts import OwnAccount
from contracts.auth.addresses import EmailChangeRequest
from contracts.auth.passwords import PasswordChange
from ui.account_settings.forms import (
    UNTOUCHED_FORM,
    FormState,
    error_if_empty,
    form_with_errors,
    refused_form,
)
from ui.account_settings.pages import SettingsPage, redirect_with_notice
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
    account: OwnAccount | None
    """None if auth is unavailable."""
    email: FormState = UNTOUCHED_FORM
    password: FormState = UNTOUCHED_FORM


@get("/settings/account")
async def show_account_settings(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Template:
    account = await auth.own_account(session_of(request).required_access_token())
    return render(request, AccountSettingsPage(account=account))


@post("/settings/email")
async def change_email(
    request: PageRequest, data: URLEncodedBody[EmailForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    email = data.email.strip()
    form = form_with_errors({"email": error_if_empty(email, "Enter the new address.")}, email=email)
    if form is None:
        try:
            await auth.change_email(
                EmailChangeRequest(email, data.password or None),
                session_of(request).required_access_token(),
            )
        except (BackendDown, Refused) as error:
            form = refused_form(error, email=email)
        else:
            return redirect_with_notice(request, urls.settings_account, "email_change_asked")
    return await _show_forms_again(request, auth, email=form)


@post("/settings/email/forget")
async def cancel_email_change(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        await auth.cancel_email_change(session_of(request).required_access_token())
    except (BackendDown, Refused) as error:
        return await _show_forms_again(request, auth, email=refused_form(error))
    return redirect_with_notice(request, urls.settings_account, "email_change_forgotten")


@post("/settings/password")
async def change_password(
    request: PageRequest, data: URLEncodedBody[PasswordForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    form = form_with_errors(
        {"new_password": error_if_empty(data.new_password, "Enter the new password.")}
    )
    if form is None:
        change = PasswordChange(data.new_password, data.current_password or None)
        try:
            await auth.change_password(change, session_of(request).required_access_token())
        except (BackendDown, Refused) as error:
            form = _with_form_field_names(refused_form(error))
        else:
            return redirect_with_notice(request, urls.settings_account, "password_changed")
    return await _show_forms_again(request, auth, password=form)


async def _show_forms_again(
    request: PageRequest,
    auth: AuthClient,
    *,
    email: FormState = UNTOUCHED_FORM,
    password: FormState = UNTOUCHED_FORM,
) -> Template:
    account = await _own_account(request, auth)
    page = AccountSettingsPage(account=account, email=email, password=password)
    return render(request, page, status=max(email.status, password.status))


async def _own_account(request: PageRequest, auth: AuthClient) -> OwnAccount | None:
    try:
        return await auth.own_account(session_of(request).required_access_token())
    except BackendDown:
        return None


def _with_form_field_names(form: FormState) -> FormState:
    """Rename auth's field `password` to `new_password`, because another form on the page has a field `password`."""
    names = {"password": "new_password"}
    errors = {names.get(name, name): message for name, message in form.errors.items()}
    return msgspec.structs.replace(form, errors=errors)
