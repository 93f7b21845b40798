"""The device and address of the browser behind the current request, sent to auth with each call."""

import re
from contextvars import ContextVar
from secrets import token_urlsafe
from typing import Any, Final

import httpx
import msgspec
from litestar.connection import ASGIConnection

from transcendence_common.caller import (
    ADDRESS_HEADER,
    DEVICE_HEADER,
    USER_AGENT_HEADER,
    Caller,
    provide_caller,
)
from ui.session.cookies import DEVICE_COOKIE

DEVICE_BYTES: Final = 32
DEVICE_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")

_current_visitor: ContextVar[Caller | None] = ContextVar("visitor", default=None)


def store_visitor(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Store the browser's address, user agent and device token for this task, and return the device token.

    A browser without a token gets a new one, which is stored in a cookie only after a sign-in.
    """
    kept = connection.cookies.get(DEVICE_COOKIE, "")
    token = kept if DEVICE_TOKEN.fullmatch(kept) else token_urlsafe(DEVICE_BYTES)
    _current_visitor.set(msgspec.structs.replace(provide_caller(connection), device_token=token))
    return token


def with_visitor_headers(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Add a hook to a client that sends the current browser's address, user agent and device token with each
    request."""
    client.event_hooks["request"].append(_add_visitor_headers)
    return client


async def _add_visitor_headers(request: httpx.Request) -> None:
    visitor = _current_visitor.get()
    if visitor is None:
        return
    request.headers[ADDRESS_HEADER] = visitor.address
    request.headers[USER_AGENT_HEADER] = visitor.user_agent.strip()
    request.headers[DEVICE_HEADER] = visitor.device_token or ""
