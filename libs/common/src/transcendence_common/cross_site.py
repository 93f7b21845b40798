"""Refuses requests that another site makes a visitor's browser send.

One check of headers replaces a token in every form, and also covers WebSocket upgrades, which form tokens do not.
Programs send neither header and pass: they hold no cookies that could be abused.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from transcendence_common.problems import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITE_VALUES = frozenset({b"same-origin", b"none"})
"""Accepted values of Sec-Fetch-Site. `none` is a user's own action, such as a bookmark; `same-site` may be another
owner's subdomain."""


class CrossSiteRequest(Problem):
    """A browser sent the request on behalf of another site."""

    code = "cross_site"
    status = 403
    title_text = "Sent from another site"


class CrossSiteCheck(ASGIMiddleware):
    """Refuses cross-site unsafe requests and WebSockets before any handler runs."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on.

        Raises:
            CrossSiteRequest: it is unsafe and comes from another site.
        """
        is_safe = scope["type"] == ScopeType.HTTP and scope["method"] in SAFE_METHODS
        if not is_safe and is_cross_site(scope["headers"]):
            raise CrossSiteRequest("Open the page on this site and try again.")
        await next_app(scope, receive, send)


def is_cross_site(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell from raw ASGI headers whether a browser sent the request for another site."""
    found = dict(headers)
    fetch_site = found.get(b"sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in OWN_SITE_VALUES
    origin = found.get(b"origin")
    return origin is not None and _host_of(origin) != found.get(b"host", b"")


def _host_of(origin: bytes) -> bytes | None:
    """Return the host with its port; None for `null` and for values that no browser sends."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
