"""One log line for each request served, and the request id that ties it to the gateway's line."""

from time import perf_counter_ns

import structlog
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from transcendence_common.probes import PROBE_PATHS
from transcendence_common.request_id import begin_request

CLIENT_ERROR = 400
SERVER_ERROR = 500

logger = structlog.get_logger("transcendence.request")


class RequestLog(ASGIMiddleware):
    """Begins the request's id and, once the answer is out, writes method, route, status and duration."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Serve the request and log how it ended."""
        begin_request(scope["headers"])
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(PROBE_PATHS):
            await next_app(scope, receive, send)
            return
        started = perf_counter_ns()
        status = 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, note_status)
        except HTTPException as refused:
            # A middleware further in refused; the answer is built outside of this one.
            status = refused.status_code
            raise
        except Exception:
            status = status or SERVER_ERROR
            raise
        finally:
            _log_request(scope, status, perf_counter_ns() - started)


def _log_request(scope: Scope, status: int, duration_ns: int) -> None:
    user = scope.get("user")
    logger.info(
        "request served",
        **{
            "event.action": "request",
            "event.category": ["web"],
            "event.outcome": "success" if 0 < status < CLIENT_ERROR else "failure",
            "event.duration": duration_ns,
            "http.request.method": scope.get("method", ""),
            "http.response.status_code": status,
            # The template, not the address: it groups, and it carries nobody's name.
            "url.path": scope.get("path_template", ""),
            **({"user.id": str(user.id)} if user is not None else {}),
        },
    )
