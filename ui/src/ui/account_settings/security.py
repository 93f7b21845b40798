"""Settings page of two-factor authentication and passkeys. The forms are handled in other modules of this folder."""

import asyncio
from typing import ClassVar, Final

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from contracts.auth.passkeys import PasskeyView
from contracts.auth.two_factor import TwoFactorStatus
from ui.account_settings.forms import UNTOUCHED_FORM, FormState
from ui.account_settings.pages import SettingsPage
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown
from ui.pages import PageRequest, render
from ui.session.state import session_of


class SecurityFormStates(msgspec.Struct, frozen=True, kw_only=True):
    """States of the page's forms. `passkey` is the form of one passkey, whose ID is among its values."""

    setup: FormState = UNTOUCHED_FORM
    disabling: FormState = UNTOUCHED_FORM
    renewal: FormState = UNTOUCHED_FORM
    passkey: FormState = UNTOUCHED_FORM


UNTOUCHED_FORMS: Final = SecurityFormStates()


class SecuritySettingsPage(SettingsPage, frozen=True, kw_only=True):
    """The security page. Its lists are None if auth is unavailable; a page with a failed form is shown anyway."""

    template: ClassVar[str] = "settings/security.html"

    section: str = "security"
    has_password: bool
    two_factor: TwoFactorStatus | None
    passkeys: list[PasskeyView] | None
    forms: SecurityFormStates


@get("/settings/security")
async def show_security_settings(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Template:
    return render(request, await _load_page(request, auth, UNTOUCHED_FORMS))


async def show_security_with_failed_form(
    request: PageRequest,
    auth: AuthClient,
    forms: SecurityFormStates,
    status: int,
) -> Template:
    """Render the page with a failed form, as far as its data is available."""
    try:
        page = await _load_page(request, auth, forms)
    except BackendDown:
        page = SecuritySettingsPage(has_password=True, two_factor=None, passkeys=None, forms=forms)
    return render(request, page, status=status)


async def _load_page(
    request: PageRequest, auth: AuthClient, forms: SecurityFormStates
) -> SecuritySettingsPage:
    token = session_of(request).required_access_token()
    account, two_factor, passkeys = await asyncio.gather(
        auth.own_account(token), auth.two_factor_status(token), auth.passkeys(token)
    )
    return SecuritySettingsPage(
        has_password=account.has_password, two_factor=two_factor, passkeys=passkeys, forms=forms
    )
