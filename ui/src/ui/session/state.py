"""What is known about the browser behind one request."""

from dataclasses import dataclass, field
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from contracts.auth.sessions import Tokens
from transcendence_common.identity import Player
from transcendence_common.problems import NotSignedIn
from ui.session.cookies import cleared_cookies, session_cookies

SCOPE_KEY = "browser_session"


@dataclass
class BrowserSession:
    """One browser's session, and the cookies that the answer sets.

    `unsure` says that auth could not be asked: the visitor may well be signed in, so nothing is cleared.
    """

    player: Player | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    unsure: bool = False
    device_token: str = ""
    """By which this browser is known again, once it has been signed in."""
    cookies: dict[str, Cookie] = field(default_factory=dict)

    def begin(self, tokens: Tokens) -> None:
        self.access_token = tokens.access_token
        self.refresh_token = tokens.refresh_token
        self.keep(*session_cookies(tokens))

    def end(self) -> None:
        self.player = None
        self.access_token = None
        self.refresh_token = None
        self.keep(*cleared_cookies())

    def keep(self, *cookies: Cookie) -> None:
        """Have the answer set them; of two with one name it is the later."""
        self.cookies |= {cookie.key: cookie for cookie in cookies}

    def bearer(self) -> str:
        """The token to call backends with.

        Raises:
            NotSignedIn: nobody is signed in.
        """
        if self.access_token is None:
            raise NotSignedIn
        return self.access_token


def session_of(connection: ASGIConnection[Any, Any, Any, Any]) -> BrowserSession:
    """The session of a request; a nobody's where a request failed before it was looked at."""
    found = connection.scope["state"].get(SCOPE_KEY)
    return found if isinstance(found, BrowserSession) else BrowserSession()
