"""One call to a backend: an answer, a refusal with its reasons, or `BackendDown`."""

from http import HTTPStatus
from typing import Final, TypeVar

import httpx
import msgspec
from litestar.plugins.problem_details import ProblemDetailsException

from transcendence_common.problems import FieldError, Unavailable

DEFAULT_RETRY_SECONDS: Final = 5
"""Where a backend says "later" without saying when."""

REPLICA_GONE: Final = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)
"""What is raised where a replica dies under a request; a new connection leads to another one."""

T = TypeVar("T")


class BackendDown(Unavailable):
    """A backend cannot be reached, is broken, or answers what nobody agreed on."""

    code = "backend_down"

    def __init__(self, backend: str) -> None:
        super().__init__(f"{backend} is not answering.")
        self.backend = backend


class ProblemBody(msgspec.Struct, frozen=True):
    """The part of a problem-details body that ui reads."""

    code: str = "error"
    title: str = "The request was refused"
    detail: str = ""
    errors: tuple[FieldError, ...] = ()


class Refused(ProblemDetailsException):
    """A backend understood the request and said no; scripts get the backend's own words."""

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
        self.retry_after_seconds = retry_after_seconds


class Backend:
    """A service behind ui. Every call is bounded in time by the client it is given."""

    def __init__(self, name: str, client: httpx.AsyncClient) -> None:
        self.name = name
        self.client = client

    async def get(
        self, path: str, answer: type[T], *, token: str | None, query: dict[str, str] | None = None
    ) -> T:
        request = self.client.build_request("GET", path, params=query, headers=_bearer(token))
        return self._read(await self._send(request, may_repeat=True), answer)

    async def post(self, path: str, body: object, answer: type[T], *, token: str | None) -> T:
        return self._read(await self.post_raw(path, body, token=token), answer)

    async def post_raw(self, path: str, body: object, *, token: str | None) -> httpx.Response:
        headers = {"Content-Type": "application/json", **_bearer(token)}
        content = msgspec.json.encode(body)
        request = self.client.build_request("POST", path, content=content, headers=headers)
        return await self._send(request)

    async def _send(self, request: httpx.Request, *, may_repeat: bool = False) -> httpx.Response:
        try:
            response = await self.client.send(request)
        except httpx.HTTPError as error:
            if may_repeat and isinstance(error, REPLICA_GONE):
                return await self._send(request)
            raise BackendDown(self.name) from error
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise BackendDown(self.name)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise _refusal(response)
        return response

    def _read(self, response: httpx.Response, answer: type[T]) -> T:
        try:
            return msgspec.json.decode(response.content, type=answer)
        except msgspec.MsgspecError as error:
            raise BackendDown(self.name) from error


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _refusal(response: httpx.Response) -> Refused:
    try:
        problem = msgspec.json.decode(response.content, type=ProblemBody)
    except msgspec.MsgspecError:
        problem = ProblemBody()
    retry_after = response.headers.get("Retry-After", "")
    seconds = int(retry_after) if retry_after.isdecimal() else DEFAULT_RETRY_SECONDS
    return Refused(response.status_code, problem, seconds)
