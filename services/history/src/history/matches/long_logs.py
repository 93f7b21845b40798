"""Limits how many long logs are processed in parallel, before their bodies are decoded, to limit memory."""

import gc
from math import ceil
from typing import ClassVar

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from contracts.history.matches import MAX_BODY_BYTES, MAX_DELIVERY_BYTES
from history.errors import TooManyLongLogs

LONGEST_UNCOUNTED_BODY_BYTES = 16 * 1024
"""Bytes of a body that is not counted: shorter than the 2,000 changes up to which a log is simulated in line. Longer
ones wait for the thread, and are counted here."""
MOST_LONG_LOGS_AT_ONCE = 6
"""The longest logs of players in parallel: the process then uses up to 240 MB, 90 of them its own. They take 0.2 s of
work."""
MOST_UNITS = ceil(MAX_DELIVERY_BYTES / MAX_BODY_BYTES)
"""Places taken by a log that is longer than any player's, and by a body of unknown length."""


class LongLogLimit(ASGIMiddleware):
    """Middleware that counts the long bodies in this process, and raises TooManyLongLogs above the limit."""

    scopes = (ScopeType.HTTP,)
    units_under_way: ClassVar[int] = 0
    """Shared by all routes that accept logs: Litestar copies the object for each, but the memory is the process's."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise TooManyLongLogs."""
        places = _length_in_units(dict(scope["headers"]))
        if not places:
            await next_app(scope, receive, send)
            return
        if LongLogLimit.units_under_way + places > MOST_LONG_LOGS_AT_ONCE:
            await _discard_body(receive)
            raise TooManyLongLogs
        LongLogLimit.units_under_way += places
        # Free the memory of earlier requests: a refusal keeps its request in a reference cycle, and full collections
        # are rare.
        gc.collect()
        try:
            await next_app(scope, receive, send)
        finally:
            LongLogLimit.units_under_way -= places


async def _discard_body(receive: Receive) -> None:
    """Read and discard the rest of the body: a client that is answered while sending finds a closed connection instead
    of the answer."""
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return


def _length_in_units(headers: dict[bytes, bytes]) -> int:
    """Return the request's length in units of a player's longest body, at least 1; 0 for a log that is simulated in
    line."""
    length = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers or not length.isdigit():
        return MOST_UNITS
    return (
        0
        if int(length) <= LONGEST_UNCOUNTED_BODY_BYTES
        else min(ceil(int(length) / MAX_BODY_BYTES), MOST_UNITS)
    )
