"""The request id: made by the gateway, bound to every log line, passed on to every service called."""

import re
from collections.abc import Iterable
from contextvars import ContextVar
from uuid import uuid4

REQUEST_ID_HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(rb"[0-9a-f]{32}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being served, or an empty string outside of one."""
    return _request_id.get()


def begin_request(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Take the gateway's id out of raw ASGI headers, or make one, and keep it for this task."""
    sent = next((value for name, value in headers if name == b"x-request-id"), b"")
    # Anything else is not the gateway's: it would let a caller write into our logs.
    request_id = sent.decode() if _WELL_FORMED.fullmatch(sent) else uuid4().hex
    _request_id.set(request_id)
    return request_id


def adopt_request_id(request_id: str) -> None:
    """Go on under the id of the request that caused what this task does later, or elsewhere."""
    _request_id.set(request_id)
