"""Settings page of sign-in methods: password, passkeys and linked identities at other providers."""

import asyncio
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from contracts.auth.oauth import LinkedIdentity, ProviderDetails
from contracts.auth.problems import AuthCode
from ui.account_settings.forms import refused_form
from ui.account_settings.pages import SettingsPage, redirect_with_notice
from ui.clients.auth import AuthClient
from ui.clients.backend import Refused
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of


class SignInSettingsPage(SettingsPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "settings/sign_in.html"

    section: str = "sign-in"
    has_password: bool
    passkeys: int
    identities: list[LinkedIdentity]
    unlinked: list[ProviderDetails]
    """Providers that can still be linked."""
    problem: str = ""


@get("/settings/sign-in")
async def show_sign_in_settings(
    request: PageRequest, auth: NamedDependency[AuthClient]
) -> Template:
    return render(request, await _load_page(request, auth))


@post("/settings/sign-in/{provider:str}/unlink")
async def unlink_provider(
    request: PageRequest, provider: FromPath[str], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        await auth.unlink_provider(provider, session_of(request).required_access_token())
    except Refused as error:
        # An identity that is already unlinked is a success.
        if error.code != AuthCode.NO_SUCH_IDENTITY:
            wrong = refused_form(error)
            page = await _load_page(request, auth, wrong.problem)
            return render(request, page, status=wrong.status)
    return redirect_with_notice(request, urls.settings_sign_in, "identity_unlinked")


async def _load_page(
    request: PageRequest, auth: AuthClient, problem: str = ""
) -> SignInSettingsPage:
    token = session_of(request).required_access_token()
    account, passkeys, identities, providers = await asyncio.gather(
        auth.own_account(token),
        auth.passkeys(token),
        auth.linked_identities(token),
        auth.providers(),
    )
    linked = {identity.provider for identity in identities}
    return SignInSettingsPage(
        has_password=account.has_password,
        passkeys=len(passkeys),
        identities=identities,
        unlinked=[provider for provider in providers if provider.id not in linked],
        problem=problem,
    )
