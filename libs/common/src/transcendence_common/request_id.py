"""The request id: created by the gateway, added to every log line, and passed on to every service called."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from uuid import uuid4

REQUEST_ID_HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(rb"[0-9a-f]{32}")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the current request, or an empty string outside of one."""
    return _request_id.get()


def bind_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Take the gateway's id from raw ASGI headers, or create one; bind it to this task and return it."""
    sent = next((value for name, value in headers if name == b"x-request-id"), b"")
    # Any other form is not the gateway's, and would let a caller write into the logs.
    request_id = sent.decode() if _WELL_FORMED.fullmatch(sent) else uuid4().hex
    _request_id.set(request_id)
    return request_id


def adopt_request_id(request_id: str) -> None:
    """Bind the id of the request that caused the work of this task, done later or elsewhere."""
    _request_id.set(request_id)


@contextmanager
def bind_new_request_id() -> Iterator[None]:
    """Bind a new id for work that no request has caused.

    Its log lines can be found by it, also in services it calls.
    """
    before = _request_id.set(uuid4().hex)
    try:
        yield
    finally:
        _request_id.reset(before)


def context_without_request_id() -> Context:
    """Return a context without a request id, for a task that outlives the request that starts it."""
    context = copy_context()
    context.run(_request_id.set, "")
    return context
