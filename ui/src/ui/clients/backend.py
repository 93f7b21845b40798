"""A call to a service: it returns an answer, or raises `Refused` with the reasons or `BackendDown`."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Final, TypeVar

import httpx
import msgspec
from litestar.plugins.problem_details import ProblemDetailsException

from transcendence_common.problems import FieldError, Unavailable

DEFAULT_RETRY_SECONDS: Final = 5
"""Seconds to wait if a service asks to retry without saying when."""

ERRORS_OF_A_GONE_REPLICA: Final = (
    httpx.NetworkError,
    httpx.RemoteProtocolError,
    httpx.ConnectTimeout,
)
"""Errors if a replica stops during a request; a new connection leads to another replica."""

JSON_TYPE: Final = "application/json"

AnswerT = TypeVar("AnswerT")
AcceptedT = TypeVar("AcceptedT")


class ProblemBody(msgspec.Struct, frozen=True):
    """The fields of a problem-details body that ui reads."""

    code: str = "error"
    title: str = "The request was refused"
    detail: str = ""
    errors: tuple[FieldError, ...] = ()
    attempts_left: int | None = None
    pairings: tuple[int, ...] = ()
    """The pairings that prevent a correction in a tournament."""


class BackendDown(Unavailable):
    """A service is unreachable, broken, or returns an unexpected answer.

    `problem` is the service's own error, if there is one: that it is busy, or which service did not answer it.
    """

    code = "backend_down"

    def __init__(self, backend: str, problem: ProblemBody | None = None) -> None:
        super().__init__(f"{backend} is not answering.")
        self.backend = backend
        self.problem = problem or ProblemBody()


class Refused(ProblemDetailsException):
    """A service rejected a request; scripts get the service's own text."""

    def __init__(self, status: int, problem: ProblemBody, retry_after_seconds: int) -> None:
        errors = [msgspec.to_builtins(error) for error in problem.errors]
        limited = status == HTTPStatus.TOO_MANY_REQUESTS
        super().__init__(
            status_code=status,
            type_=f"/problems/{problem.code}",
            title=problem.title,
            detail=problem.detail,
            extra={"code": problem.code, **({"errors": errors} if errors else {})},
            headers={"Retry-After": str(retry_after_seconds)} if limited else None,
        )
        self.status = status
        self.code = problem.code
        self.errors = problem.errors
        self.problem = problem
        self.retry_after_seconds = retry_after_seconds


class Backend:
    """A service behind ui. Every call has a time limit: the client's, or its own `seconds`.

    The answer's type is `None` if the response has no body; a request body of `None` means no body.
    """

    def __init__(self, name: str, client: httpx.AsyncClient) -> None:
        self.name = name
        self.client = client

    async def get(
        self,
        path: str,
        answer: type[AnswerT],
        *,
        token: str | None,
        query: dict[str, str] | None = None,
        seconds: float | None = None,
    ) -> AnswerT:
        request = self._request("GET", path, token, seconds, query=query)
        return self._decode(await self._send(request, may_repeat=True), answer)

    async def open_stream(self, path: str, *, token: str | None) -> httpx.Response:
        """Return an answer that is read as a stream; the caller closes it."""
        return await self._send(self._request("GET", path, token), stream=True)

    async def post(
        self,
        path: str,
        body: object,
        answer: type[AnswerT],
        *,
        token: str | None,
        seconds: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> AnswerT:
        request = self._request(
            "POST", path, token, seconds, content=_encode(body), headers=headers
        )
        return self._decode(await self._send(request), answer)

    async def post_or(
        self,
        path: str,
        body: object,
        answer: type[AnswerT],
        accepted: type[AcceptedT],
        *,
        token: str | None,
    ) -> AnswerT | AcceptedT:
        """Post a request whose answer may be a 202 of another type: `accepted`."""
        response = await self._send(self._request("POST", path, token, content=_encode(body)))
        if response.status_code == HTTPStatus.ACCEPTED:
            return self._decode(response, accepted)
        return self._decode(response, answer)

    async def put(
        self, path: str, body: object, answer: type[AnswerT], *, token: str | None
    ) -> AnswerT:
        request = self._request("PUT", path, token, content=_encode(body))
        return self._decode(await self._send(request), answer)

    async def put_file(
        self,
        path: str,
        content: bytes,
        media_type: str,
        answer: type[AnswerT],
        *,
        token: str | None,
        seconds: float | None = None,
    ) -> AnswerT:
        request = self._request("PUT", path, token, seconds, content=content, media_type=media_type)
        return self._decode(await self._send(request), answer)

    async def patch(
        self, path: str, body: object, answer: type[AnswerT], *, token: str | None
    ) -> AnswerT:
        request = self._request("PATCH", path, token, content=_encode(body))
        return self._decode(await self._send(request), answer)

    async def delete(self, path: str, answer: type[AnswerT], *, token: str | None) -> AnswerT:
        request = self._request("DELETE", path, token)
        return self._decode(await self._send(request), answer)

    def _request(
        self,
        method: str,
        path: str,
        token: str | None,
        seconds: float | None = None,
        *,
        query: dict[str, str] | None = None,
        content: bytes | None = None,
        media_type: str = JSON_TYPE,
        headers: dict[str, str] | None = None,
    ) -> httpx.Request:
        headers = {**_authorization_header(token), **(headers or {})}
        if content is not None:
            headers["Content-Type"] = media_type
        return self.client.build_request(
            method,
            path,
            params=query,
            content=content,
            headers=headers,
            timeout=self.client.timeout if seconds is None else seconds,
        )

    async def _send(
        self, request: httpx.Request, *, may_repeat: bool = False, stream: bool = False
    ) -> httpx.Response:
        try:
            response = await self.client.send(request, stream=stream)
            if stream and response.is_error:
                await response.aread()
        except httpx.HTTPError as error:
            if may_repeat and isinstance(error, ERRORS_OF_A_GONE_REPLICA):
                return await self._send(request)
            raise BackendDown(self.name) from error
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise BackendDown(self.name, _parse_problem(response))
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise _refused_by(response)
        return response

    def _decode(self, response: httpx.Response, answer: type[AnswerT]) -> AnswerT:
        try:
            return msgspec.json.decode(response.content or b"null", type=answer)
        except msgspec.MsgspecError as error:
            raise BackendDown(self.name) from error


async def none_if_unavailable(answer: Awaitable[AnswerT]) -> AnswerT | None:
    """Return optional data for a page: None if its service is unavailable or refuses."""
    try:
        return await answer
    except (BackendDown, Refused):
        return None


def _authorization_header(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _encode(body: object) -> bytes | None:
    return None if body is None else msgspec.json.encode(body)


def _refused_by(response: httpx.Response) -> Refused:
    retry_after = response.headers.get("Retry-After", "")
    seconds = int(retry_after) if retry_after.isdecimal() else DEFAULT_RETRY_SECONDS
    return Refused(response.status_code, _parse_problem(response), seconds)


def _parse_problem(response: httpx.Response) -> ProblemBody:
    try:
        return msgspec.json.decode(response.content, type=ProblemBody)
    except msgspec.MsgspecError:
        return ProblemBody()
