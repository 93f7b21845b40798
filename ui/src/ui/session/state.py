"""The session of the browser behind one request."""

from dataclasses import dataclass, field
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from contracts.auth.sessions import Tokens
from transcendence_common.identity import Player
from transcendence_common.problems import NotSignedIn
from ui.session.cookies import cleared_session_cookies, session_cookies

SCOPE_KEY = "browser_session"


@dataclass
class BrowserSession:
    """One browser's session, and the cookies that the answer sets.

    `unsure` means that auth was unavailable: the visitor may be signed in, so no cookie is deleted.
    """

    player: Player | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    unsure: bool = False
    device_token: str = ""
    """Identifies this browser again once it has been signed in."""
    cookies: dict[str, Cookie] = field(default_factory=dict)

    def begin_session(self, tokens: Tokens) -> None:
        self.access_token = tokens.access_token
        self.refresh_token = tokens.refresh_token
        self.set_cookies(*session_cookies(tokens))

    def end_session(self) -> None:
        self.player = None
        self.access_token = None
        self.refresh_token = None
        self.set_cookies(*cleared_session_cookies())

    def set_cookies(self, *cookies: Cookie) -> None:
        """Set cookies with the answer; of two with the same name, the later."""
        self.cookies |= {cookie.key: cookie for cookie in cookies}

    def required_access_token(self) -> str:
        """Return the access token for calls to services.

        Raises:
            NotSignedIn: there is no session.
        """
        if self.access_token is None:
            raise NotSignedIn
        return self.access_token


def session_of(connection: ASGIConnection[Any, Any, Any, Any]) -> BrowserSession:
    """Return the session of a request, or an empty one if the request failed before the middleware."""
    found = connection.scope["state"].get(SCOPE_KEY)
    return found if isinstance(found, BrowserSession) else BrowserSession()
