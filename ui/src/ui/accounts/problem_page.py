"""A page about a failed sign-in or link: one sentence, and links to continue."""

from typing import ClassVar

import msgspec

from contracts.auth.problems import AuthCode
from ui.clients.backend import Refused
from ui.links import urls
from ui.pages import Page


class ProblemLink(msgspec.Struct, frozen=True):
    label: str
    href: str


class ProblemPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/problem.html"

    heading: str
    sentence: str
    ways: tuple[ProblemLink, ...]
    """The most likely one first."""


def sign_in_link(next_path: str = "") -> ProblemLink:
    return ProblemLink("Sign in", urls.sign_in_and_return(next_path))


def link_error_code(refused: Refused) -> str:
    """Return the error code of a rejected email link; a token that cannot be parsed counts as unknown."""
    unreadable = any(error.field == "token" for error in refused.errors)
    return AuthCode.LINK_UNKNOWN if unreadable else refused.code


LOBBY_LINK = ProblemLink("Back to the lobby", urls.lobby)
HOME_PAGE_LINK = ProblemLink("Back to the home page", urls.landing)
REGISTER_LINK = ProblemLink("Create an account", urls.register)
