"""The page about what keeps strangers out: the second factor and passkeys. Their forms are beside this file."""

import asyncio
from typing import ClassVar, Final

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from contracts.auth.passkeys import PasskeyView
from contracts.auth.two_factor import TwoFactorStatus
from ui.account_settings.forms import UNTOUCHED, FormState
from ui.account_settings.pages import SettingsPage
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown
from ui.pages import PageRequest, render
from ui.session.state import session_of


class SecurityForms(msgspec.Struct, frozen=True, kw_only=True):
    """`passkey` is the form of one of them, whose id is among its values."""

    setup: FormState = UNTOUCHED
    disabling: FormState = UNTOUCHED
    renewal: FormState = UNTOUCHED
    passkey: FormState = UNTOUCHED


AS_STORED: Final = SecurityForms()


class SecuritySettingsPage(SettingsPage, frozen=True, kw_only=True):
    """The lists are None where auth did not say; a page with a form that failed is shown all the same."""

    template: ClassVar[str] = "settings/security.html"

    section: str = "security"
    has_password: bool
    two_factor: TwoFactorStatus | None
    passkeys: list[PasskeyView] | None
    forms: SecurityForms


@get("/settings/security")
async def show_security_settings(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Template:
    return render(request, await _page(request, auth, AS_STORED))


async def show_security_again(
    request: PageRequest,
    auth: AuthClient,
    forms: SecurityForms,
    status: int,
) -> Template:
    """The page with a form that did not work, as much of it as can be had."""
    try:
        page = await _page(request, auth, forms)
    except BackendDown:
        page = SecuritySettingsPage(has_password=True, two_factor=None, passkeys=None, forms=forms)
    return render(request, page, status=status)


async def _page(
    request: PageRequest, auth: AuthClient, forms: SecurityForms
) -> SecuritySettingsPage:
    token = session_of(request).bearer()
    account, two_factor, passkeys = await asyncio.gather(
        auth.me(token), auth.two_factor(token), auth.passkeys(token)
    )
    return SecuritySettingsPage(
        has_password=account.has_password, two_factor=two_factor, passkeys=passkeys, forms=forms
    )
