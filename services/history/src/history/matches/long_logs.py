"""Lets in only so many long logs at once, before their bodies are decoded: that is what fills the memory."""

import gc

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from transcendence_common.problems import Unavailable

LONG_BODY_BYTES = 16 * 1024
"""Less than the 2,000 changes up to which a log is simulated in line: what waits for the thread is counted here."""
LONG_LOGS_AT_ONCE = 6
"""Of the longest: the process then takes up to 240 MB, 90 of them its own. A fifth of a second of work."""


class TooManyLongLogs(Unavailable):
    """More long logs come in than can be simulated."""

    code = "busy"
    title_text = "Too many matches at once"

    def __init__(self) -> None:
        super().__init__("Many long matches are coming in right now; please try again in a moment.")


class LongLogs(ASGIMiddleware):
    """Counts the long bodies that are under way through this process; raises TooManyLongLogs."""

    scopes = (ScopeType.HTTP,)

    def __init__(self) -> None:
        self._under_way = 0

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request through, or raise."""
        if not _is_long(dict(scope["headers"])):
            await next_app(scope, receive, send)
            return
        if self._under_way == LONG_LOGS_AT_ONCE:
            await _pass_over_body(receive)
            raise TooManyLongLogs
        self._under_way += 1
        # What the last ones left: a refusal holds its request in a circle, and whole collections are rare here.
        gc.collect()
        try:
            await next_app(scope, receive, send)
        finally:
            self._under_way -= 1


async def _pass_over_body(receive: Receive) -> None:
    """Who is answered in the middle of sending finds a closed connection instead of the answer."""
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return


def _is_long(headers: dict[bytes, bytes]) -> bool:
    """A body in chunks does not say how long it is."""
    length = headers.get(b"content-length", b"0")
    return b"transfer-encoding" in headers or not length.isdigit() or int(length) > LONG_BODY_BYTES
