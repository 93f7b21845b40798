"""One log line for each request and each WebSocket, with the id of the gateway's line."""

from time import perf_counter_ns
from typing import Any
from uuid import UUID

import structlog
from litestar.enums import ScopeType
from litestar.exceptions import WebSocketException
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from transcendence_common.probes import PROBE_PATHS
from transcendence_common.problems import problem_of
from transcendence_common.request_id import bind_request_id

CLIENT_ERROR = 400
SERVER_ERROR = 500

_CODE_KEY = "code_of_what_was_raised"

logger = structlog.get_logger("transcendence.request")


async def store_problem_code(error: Exception, scope: Scope) -> None:
    """Store the code of the problem that the caller is told of, as an `after_exception` hook."""
    if isinstance(error, WebSocketException):
        return
    extra = problem_of(error).extra
    if isinstance(extra, dict):
        scope["state"][_CODE_KEY] = extra.get("code")


class RequestLog:
    """Binds the request id and, at the end, logs the request with its outcome and duration.

    It must be the outermost layer of an application: only there is every answer seen, also to unknown routes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request and log its outcome."""
        bind_request_id(scope["headers"])
        if scope["path"].startswith(PROBE_PATHS):
            await self._app(scope, receive, send)
        elif scope["type"] == ScopeType.HTTP:
            await self._serve_request(scope, receive, send)
        else:
            await self._serve_socket(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter_ns()
        status = 0
        broken = False

        async def record_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, record_status)
        except Exception:
            broken = True
            status = status or SERVER_ERROR
            raise
        finally:
            failed = broken or status >= CLIENT_ERROR
            _log_request(
                "request served",
                scope,
                {
                    "event.action": "request",
                    "event.category": ["web"],
                    # Neither success nor failure if the process was stopped in the middle of it.
                    "event.outcome": _outcome(failed) if status else "unknown",
                    "event.duration": perf_counter_ns() - started,
                    "http.request.method": scope.get("method", ""),
                    **({"http.response.status_code": status} if status else {}),
                },
            )

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter_ns()
        socket = _SocketEvents()

        async def record_disconnect() -> ReceiveMessage:
            message = await receive()
            socket.observe(message)
            return message

        async def record_answer(message: Message) -> None:
            socket.observe(message)
            await send(message)

        broken = True
        try:
            await self._app(scope, record_disconnect, record_answer)
            broken = False
        finally:
            failed = broken or not socket.opened or bool(scope["state"].get(_CODE_KEY))
            _log_request(
                "socket closed" if socket.opened else "socket refused",
                scope,
                {
                    "event.action": "socket",
                    "event.category": ["network"],
                    "event.type": ["connection", "end" if socket.opened else "denied"],
                    "event.outcome": _outcome(failed),
                    "event.duration": perf_counter_ns() - started,
                    **socket.ending,
                },
            )


class _SocketEvents:
    """How a WebSocket was opened and closed, according to its messages."""

    def __init__(self) -> None:
        self.opened = False
        self.ending: dict[str, int] = {}

    def observe(self, message: Message | ReceiveMessage) -> None:
        if message["type"] == "websocket.accept":
            self.opened = True
        elif message["type"] == "websocket.http.response.start":
            self.ending = {"http.response.status_code": message["status"]}
        elif message["type"] in {"websocket.close", "websocket.disconnect"}:
            # The first close counts: the other side only answers it.
            self.ending = self.ending or {"transcendence.close_code": message["code"]}


def _outcome(failed: bool) -> str:
    return "failure" if failed else "success"


def _log_request(message: str, scope: Scope, how: dict[str, object]) -> None:
    user = scope.get("user")
    code = scope["state"].get(_CODE_KEY)
    template = scope.get("path_template")
    logger.info(
        message,
        **{
            **how,
            **({"error.code": code} if code else {}),
            # The template, not the path: it groups requests, and contains no names.
            **({"url.path": template} if template else {}),
            **_ids_in_path(scope),
            **({"user.id": str(user.id)} if user is not None else {}),
        },
    )


def _ids_in_path(scope: Scope) -> dict[str, str]:
    """Return the UUIDs in the path, such as the match's, as labels. Other parts of a path may be names or secrets."""
    # Litestar types them as strings, but they have their converted types.
    found: dict[str, Any] = scope.get("path_params", {})
    return {
        f"labels.{name}": str(value) for name, value in found.items() if isinstance(value, UUID)
    }
