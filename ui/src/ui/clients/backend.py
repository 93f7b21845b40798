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

REPLICA_GONE: Final = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)
"""Errors if a replica stops during a request; a new connection leads to another replica."""

JSON: Final = "application/json"

T = TypeVar("T")
A = TypeVar("A")


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
        answer: type[T],
        *,
        token: str | None,
        query: dict[str, str] | None = None,
        seconds: float | None = None,
    ) -> T:
        request = self._request("GET", path, token, seconds, query=query)
        return self._read(await self._send(request, may_repeat=True), answer)

    async def open(self, path: str, *, token: str | None) -> httpx.Response:
        """Return an answer that is read as a stream; the caller closes it."""
        return await self._send(self._request("GET", path, token), stream=True)

    async def post(
        self,
        path: str,
        body: object,
        answer: type[T],
        *,
        token: str | None,
        seconds: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> T:
        request = self._request("POST", path, token, seconds, content=_json(body), headers=headers)
        return self._read(await self._send(request), answer)

    async def post_or(
        self, path: str, body: object, answer: type[T], accepted: type[A], *, token: str | None
    ) -> T | A:
        """Post a request whose answer may be a 202 of another type: `accepted`."""
        response = await self._send(self._request("POST", path, token, content=_json(body)))
        if response.status_code == HTTPStatus.ACCEPTED:
            return self._read(response, accepted)
        return self._read(response, answer)

    async def put(self, path: str, body: object, answer: type[T], *, token: str | None) -> T:
        request = self._request("PUT", path, token, content=_json(body))
        return self._read(await self._send(request), answer)

    async def put_file(
        self,
        path: str,
        content: bytes,
        media_type: str,
        answer: type[T],
        *,
        token: str | None,
        seconds: float | None = None,
    ) -> T:
        request = self._request("PUT", path, token, seconds, content=content, media_type=media_type)
        return self._read(await self._send(request), answer)

    async def patch(self, path: str, body: object, answer: type[T], *, token: str | None) -> T:
        request = self._request("PATCH", path, token, content=_json(body))
        return self._read(await self._send(request), answer)

    async def delete(self, path: str, answer: type[T], *, token: str | None) -> T:
        request = self._request("DELETE", path, token)
        return self._read(await self._send(request), answer)

    def _request(
        self,
        method: str,
        path: str,
        token: str | None,
        seconds: float | None = None,
        *,
        query: dict[str, str] | None = None,
        content: bytes | None = None,
        media_type: str = JSON,
        headers: dict[str, str] | None = None,
    ) -> httpx.Request:
        headers = {**_bearer(token), **(headers or {})}
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
            if may_repeat and isinstance(error, REPLICA_GONE):
                return await self._send(request)
            raise BackendDown(self.name) from error
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise BackendDown(self.name, _problem(response))
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise _refusal(response)
        return response

    def _read(self, response: httpx.Response, answer: type[T]) -> T:
        try:
            return msgspec.json.decode(response.content or b"null", type=answer)
        except msgspec.MsgspecError as error:
            raise BackendDown(self.name) from error


async def unless_away(answer: Awaitable[T]) -> T | None:
    """Return optional data for a page: None if its service is unavailable or refuses."""
    try:
        return await answer
    except (BackendDown, Refused):
        return None


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _json(body: object) -> bytes | None:
    return None if body is None else msgspec.json.encode(body)


def _refusal(response: httpx.Response) -> Refused:
    retry_after = response.headers.get("Retry-After", "")
    seconds = int(retry_after) if retry_after.isdecimal() else DEFAULT_RETRY_SECONDS
    return Refused(response.status_code, _problem(response), seconds)


def _problem(response: httpx.Response) -> ProblemBody:
    try:
        return msgspec.json.decode(response.content, type=ProblemBody)
    except msgspec.MsgspecError:
        return ProblemBody()
