"""Routes of all settings pages."""

from litestar import get
from litestar.response import Redirect

from ui.account_settings.account import (
    cancel_email_change,
    change_email,
    change_password,
    show_account_settings,
)
from ui.account_settings.passkeys import PASSKEY_ROUTES
from ui.account_settings.privacy import delete_account, export_data, show_privacy_settings
from ui.account_settings.profile import (
    change_avatar,
    change_profile,
    remove_avatar,
    show_profile_settings,
)
from ui.account_settings.security import show_security_settings
from ui.account_settings.sessions import end_other_sessions, end_session, show_sessions
from ui.account_settings.sign_in import show_sign_in_settings, unlink_provider
from ui.account_settings.two_factor import TWO_FACTOR_ROUTES
from ui.links import urls
from ui.pages import PageRequest

PAGE_BY_FORM_PATH = {
    urls.settings_profile: urls.settings,
    urls.settings_avatar: urls.settings,
    urls.settings_email: urls.settings_account,
    urls.settings_password: urls.settings_account,
    urls.two_factor_setup: urls.settings_security,
    urls.two_factor: urls.settings_security,
    urls.two_factor_off: urls.settings_security,
    urls.recovery_codes: urls.settings_security,
    urls.account_deletion: urls.settings_privacy,
}
"""Pages of forms. A rejected form is shown at the address that it was sent to; loading that again redirects to its
page."""


@get(list(PAGE_BY_FORM_PATH))
async def show_page_of_form(request: PageRequest) -> Redirect:
    return Redirect(PAGE_BY_FORM_PATH[request.url.path], status_code=303)


@get(["/settings/passkeys/{_:uuid}", "/settings/passkeys/{_:uuid}/remove"])
async def show_page_of_passkey_form() -> Redirect:
    return Redirect(urls.settings_security, status_code=303)


@get("/settings/sign-in/{_:str}/unlink")
async def show_page_of_unlinking() -> Redirect:
    return Redirect(urls.settings_sign_in, status_code=303)


ACCOUNT_SETTINGS_ROUTES = [
    show_profile_settings,
    change_profile,
    change_avatar,
    remove_avatar,
    show_account_settings,
    change_email,
    cancel_email_change,
    change_password,
    show_security_settings,
    *TWO_FACTOR_ROUTES,
    *PASSKEY_ROUTES,
    show_sessions,
    end_session,
    end_other_sessions,
    show_sign_in_settings,
    unlink_provider,
    show_privacy_settings,
    export_data,
    delete_account,
    show_page_of_form,
    show_page_of_passkey_form,
    show_page_of_unlinking,
]
