"""Two-factor authentication in the settings: setup, enabling with a first code, disabling, and recovery codes.

Pages with a secret or recovery codes only answer a POST, so they cannot be loaded again.
"""

import re
from base64 import b64encode
from typing import Annotated, Any, ClassVar, Final

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from contracts.auth.problems import AuthCode
from contracts.auth.two_factor import PasswordAndCode, TwoFactorSetupRequest
from ui.account_settings.forms import (
    UNTOUCHED_FORM,
    FormState,
    error_if_empty,
    form_with_errors,
    refused_form,
)
from ui.account_settings.pages import SettingsPage, redirect_with_notice
from ui.account_settings.security import SecurityFormStates, show_security_with_failed_form
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of

OUTDATED_CODES: Final = frozenset(
    {AuthCode.TWO_FACTOR_ON, AuthCode.TWO_FACTOR_OFF, AuthCode.NO_SETUP}
)
"""Errors of an outdated page: another window has changed the state, or the form was sent twice."""
ENTER_CODE: Final = "Enter the six digits from the app."
ENTER_ANY_CODE: Final = "Enter the six digits from the app, or a recovery code."
ENTER_PASSWORD: Final = "Enter your password."  # noqa: S105 - a sentence


class SetupForm(msgspec.Struct, frozen=True):
    password: str = ""


class FirstCodeForm(msgspec.Struct, frozen=True):
    """The first code of an authenticator app, sent back with the secret and QR code that the page showed.

    After a wrong code the page shows both again, because auth returns a secret only once.
    """

    secret: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z2-7]{16,128}\Z")]
    uri: Annotated[str, msgspec.Meta(pattern=r"\Aotpauth://totp/[!-~]{1,1024}\Z")]
    qr: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9+/]{1,65536}={0,2}\Z")]
    needs_password: str = ""
    code: str = ""
    password: str = ""


class CodeForm(msgspec.Struct, frozen=True):
    code: str = ""
    password: str = ""


class TwoFactorSetupPage(SettingsPage, frozen=True, kw_only=True):
    """The setup page. `qr` is an image in Base64, because the content policy allows such images, and no inline styles
    in them."""

    template: ClassVar[str] = "settings/two_factor_setup.html"

    section: str = "security"
    secret: str
    uri: str
    qr: str
    needs_password: bool
    form: FormState = UNTOUCHED_FORM


class RecoveryCodesPage(SettingsPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "settings/recovery_codes.html"

    section: str = "security"
    codes: list[str]


@post("/settings/two-factor/setup", status_code=200)
async def set_up_two_factor(
    request: PageRequest, data: URLEncodedBody[SetupForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    proof = TwoFactorSetupRequest(data.password or None)
    try:
        setup = await auth.set_up_two_factor(proof, session_of(request).required_access_token())
    except (BackendDown, Refused) as error:
        if back := _redirect_if_outdated(error):
            return back
        form = refused_form(error)
        forms = SecurityFormStates(setup=form)
        return await show_security_with_failed_form(request, auth, forms, form.status)
    page = TwoFactorSetupPage(
        secret=setup.secret,
        uri=setup.uri,
        qr=b64encode(setup.qr_svg.encode()).decode(),
        needs_password=bool(data.password),
    )
    return render(request, page)


@post("/settings/two-factor", status_code=200)
async def enable_two_factor(
    request: PageRequest,
    data: URLEncodedBody[FirstCodeForm],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    form = form_with_errors(
        {
            "code": error_if_empty(data.code, ENTER_CODE),
            "password": error_if_empty(data.password, ENTER_PASSWORD)
            if data.needs_password
            else "",
        }
    )
    if form is None:
        try:
            made = await auth.enable_two_factor(
                _make_proof(data.code, data.password), session_of(request).required_access_token()
            )
        except (BackendDown, Refused) as error:
            if back := _redirect_if_outdated(error):
                return back
            form = refused_form(error)
        else:
            return render(request, RecoveryCodesPage(codes=made.recovery_codes))
    page = TwoFactorSetupPage(
        secret=data.secret,
        uri=data.uri,
        qr=data.qr,
        needs_password=bool(data.needs_password),
        form=form,
    )
    return render(request, page, status=form.status)


@post("/settings/two-factor/disable")
async def disable_two_factor(
    request: PageRequest, data: URLEncodedBody[CodeForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    form = form_with_errors({"code": error_if_empty(data.code, ENTER_ANY_CODE)})
    if form is None:
        try:
            await auth.disable_two_factor(
                _make_proof(data.code, data.password), session_of(request).required_access_token()
            )
        except (BackendDown, Refused) as error:
            if back := _redirect_if_outdated(error):
                return back
            form = refused_form(error)
        else:
            return redirect_with_notice(request, urls.settings_security, "two_factor_off")
    forms = SecurityFormStates(disabling=form)
    return await show_security_with_failed_form(request, auth, forms, form.status)


@post("/settings/two-factor/recovery-codes", status_code=200)
async def renew_recovery_codes(
    request: PageRequest, data: URLEncodedBody[CodeForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    form = form_with_errors({"code": error_if_empty(data.code, ENTER_ANY_CODE)})
    if form is None:
        try:
            made = await auth.renew_recovery_codes(
                _make_proof(data.code, data.password), session_of(request).required_access_token()
            )
        except (BackendDown, Refused) as error:
            if back := _redirect_if_outdated(error):
                return back
            form = refused_form(error)
        else:
            return render(request, RecoveryCodesPage(codes=made.recovery_codes))
    forms = SecurityFormStates(renewal=form)
    return await show_security_with_failed_form(request, auth, forms, form.status)


def _make_proof(code: str, password: str) -> PasswordAndCode:
    # Apps show codes in groups, and people copy the space.
    return PasswordAndCode(password or None, re.sub(r"\s", "", code))


def _redirect_if_outdated(error: BackendDown | Refused) -> Redirect | None:
    """Return a redirect to the security page if the error says that two-factor authentication is in another state than
    the form assumes, else None."""
    if isinstance(error, Refused) and error.code in OUTDATED_CODES:
        return Redirect(urls.settings_security, status_code=303)
    return None


TWO_FACTOR_ROUTES = [set_up_two_factor, enable_two_factor, disable_two_factor, renew_recovery_codes]
