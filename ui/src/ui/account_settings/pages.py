"""The frame of all settings pages, and how they answer."""

from typing import ClassVar

from litestar.response import Redirect

from ui.flash import flash
from ui.pages import Page, PageRequest
from ui.session.state import session_of


class SettingsPage(Page, frozen=True, kw_only=True):
    """`section` is the entry of the navigation that is marked."""

    template: ClassVar[str] = "settings/layout.html"

    section: str


def done(request: PageRequest, where: str, notice: str) -> Redirect:
    """Back to a page, which says what was done."""
    flash(session_of(request), notice)
    return Redirect(where, status_code=303)
