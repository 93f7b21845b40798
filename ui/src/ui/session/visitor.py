"""The browser behind the request being served, told to auth with every call that is made for it."""

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
from ui.session.cookies import DEVICE

DEVICE_BYTES: Final = 32
DEVICE_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")

_visitor: ContextVar[Caller | None] = ContextVar("visitor", default=None)


def receive_visitor(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Note whose browser this is, for this task; return its device token.

    A browser without one is given a new one, to keep if it comes in: only then is there anything to know again.
    """
    kept = connection.cookies.get(DEVICE, "")
    token = kept if DEVICE_TOKEN.fullmatch(kept) else token_urlsafe(DEVICE_BYTES)
    _visitor.set(msgspec.structs.replace(provide_caller(connection), device_token=token))
    return token


def introducing_visitors(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Have the client say for whom it calls."""
    client.event_hooks["request"].append(_introduce)
    return client


async def _introduce(request: httpx.Request) -> None:
    visitor = _visitor.get()
    if visitor is None:
        return
    request.headers[ADDRESS_HEADER] = visitor.address
    request.headers[USER_AGENT_HEADER] = visitor.user_agent.strip()
    request.headers[DEVICE_HEADER] = visitor.device_token or ""
