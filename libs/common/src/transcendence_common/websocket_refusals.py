"""Answers exceptions of WebSocket handlers: with problem details before the socket is open, then with a close code."""

from typing import Any

from litestar.connection import Request
from litestar.enums import ScopeType
from litestar.exceptions import WebSocketException
from litestar.plugins.problem_details import ProblemDetailsException
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.types.asgi_types import (
    WebSocketCloseEvent,
    WebSocketResponseBodyEvent,
    WebSocketResponseStartEvent,
)

from transcendence_common.problems import Forbidden, problem_of

CLOSE_CODE_BASE = 4000
"""Added to a problem's status for the close code, such as 4404; the reason of the close is the problem's code."""

_RAISED_KEY = "raised_in_websocket"
_CAN_ANSWER = "websocket.http.response"


async def store_raised_error(error: Exception, scope: Scope) -> None:
    """Store the exception, as an `after_exception` hook, because Litestar's own close says next to nothing of it."""
    if scope["type"] == ScopeType.WEBSOCKET:
        scope["state"][_RAISED_KEY] = error


class WebSocketRefusals:
    """Answers a WebSocket closed before it was accepted with problem details instead of an empty 403.

    It must wrap the whole application: Litestar turns an exception into a close in several places, the
    innermost of them right around the handler.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the WebSocket, replacing its refusal or close by the one of the problem."""
        if scope["type"] != ScopeType.WEBSOCKET:
            await self._app(scope, receive, send)
            return
        may_answer = _CAN_ANSWER in (scope.get("extensions") or {})

        async def send_reason(message: Message) -> None:
            nonlocal may_answer
            if message["type"] != "websocket.close":
                if message["type"] == "websocket.accept":
                    may_answer = False
                await send(message)
                return
            problem = self._raised_problem(scope)
            if may_answer:
                refusal = problem or Forbidden(message.get("reason") or "This is not allowed.")
                await _send_answer(refusal, scope, send)
            else:
                await send(_close_message(problem) if problem else message)

        await self._app(scope, receive, send_reason)

    def _raised_problem(self, scope: Scope) -> ProblemDetailsException | None:
        """Return the problem of the exception raised; None where the handler itself closed, or raised a close."""
        raised = scope["state"].pop(_RAISED_KEY, None)
        if raised is None or isinstance(raised, WebSocketException):
            return None
        return problem_of(raised)


def _close_message(problem: ProblemDetailsException) -> WebSocketCloseEvent:
    code = problem.extra.get("code") if isinstance(problem.extra, dict) else None
    return {
        "type": "websocket.close",
        "code": CLOSE_CODE_BASE + problem.status_code,
        # The code, because the detail may be longer than the 123 bytes of a reason.
        "reason": code,
    }


async def _send_answer(problem: ProblemDetailsException, scope: Scope, send: Send) -> None:
    """Send the answer that a request would get, in the messages of a WebSocket."""
    request = Request[Any, Any, Any](scope)
    response = problem.to_response(request).to_asgi_response(app=None, request=request)
    start: WebSocketResponseStartEvent = {
        "type": "websocket.http.response.start",
        "status": response.status_code,
        "headers": response.encode_headers(),
    }
    body: WebSocketResponseBodyEvent = {
        "type": "websocket.http.response.body",
        "body": response.body,
        "more_body": False,
    }
    await send(start)
    await send(body)
