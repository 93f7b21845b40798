"""Lets in only so many long logs at once, before their bodies are decoded: that is what fills the memory."""

import gc
from math import ceil
from typing import ClassVar

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from contracts.history.matches import MAX_BODY_BYTES, MAX_DELIVERY_BYTES
from history.errors import TooManyLongLogs

LONG_BODY_BYTES = 16 * 1024
"""Less than the 2,000 changes up to which a log is simulated in line: what waits for the thread is counted here."""
LONG_LOGS_AT_ONCE = 6
"""Of the longest from players: the process then takes up to 240 MB, 90 of them its own. A fifth of a second of work."""
MOST_PLACES = ceil(MAX_DELIVERY_BYTES / MAX_BODY_BYTES)
"""What a log takes that is longer than any player's; and one that does not say how long it is."""


class LongLogs(ASGIMiddleware):
    """Counts the long bodies that are under way through this process; raises TooManyLongLogs."""

    scopes = (ScopeType.HTTP,)
    under_way: ClassVar[int] = 0
    """At all addresses that take logs: Litestar copies the object for each, and the memory is one."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request through, or raise."""
        places = _places(dict(scope["headers"]))
        if not places:
            await next_app(scope, receive, send)
            return
        if LongLogs.under_way + places > LONG_LOGS_AT_ONCE:
            await _pass_over_body(receive)
            raise TooManyLongLogs
        LongLogs.under_way += places
        # What the last ones left: a refusal holds its request in a circle, and whole collections are rare here.
        gc.collect()
        try:
            await next_app(scope, receive, send)
        finally:
            LongLogs.under_way -= places


async def _pass_over_body(receive: Receive) -> None:
    """Who is answered in the middle of sending finds a closed connection instead of the answer."""
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return


def _places(headers: dict[bytes, bytes]) -> int:
    """How many of the longest that a player sends it may be as long as; none for what is simulated in line."""
    length = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers or not length.isdigit():
        return MOST_PLACES
    return (
        0
        if int(length) <= LONG_BODY_BYTES
        else min(ceil(int(length) / MAX_BODY_BYTES), MOST_PLACES)
    )
