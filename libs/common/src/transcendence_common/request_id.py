"""The request id: made by the gateway, bound to every log line, passed on to every service called."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
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


@contextmanager
def under_an_id_of_its_own() -> Iterator[None]:
    """Do something that no request has caused, so that its lines are found together, here and in services it calls."""
    before = _request_id.set(uuid4().hex)
    try:
        yield
    finally:
        _request_id.reset(before)


def outside_of_requests() -> Context:
    """Return the context for a task that goes on long after the request which happened to start it."""
    context = copy_context()
    context.run(_request_id.set, "")
    return context
