"""Layout and redirects of all settings pages."""

from typing import ClassVar

from litestar.response import Redirect

from ui.flash import set_notice
from ui.pages import Page, PageRequest
from ui.session.state import session_of


class SettingsPage(Page, frozen=True, kw_only=True):
    """A settings page. `section` is the current entry of the navigation."""

    template: ClassVar[str] = "settings/layout.html"

    section: str


def redirect_with_notice(request: PageRequest, where: str, notice: str) -> Redirect:
    """Redirect to a page that shows a notice."""
    set_notice(session_of(request), notice)
    return Redirect(where, status_code=303)
