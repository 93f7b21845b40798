"""Compares the stand-ins' answers and ui's requests with the declarations
of the services' handlers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Final, get_args, get_origin

import httpx
import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from litestar.routes import HTTPRoute

from transcendence_common.openapi import PROBLEM_JSON

JSON: Final = "application/json"
ANY_OPERATION: Final = frozenset({"unavailable", "not_signed_in"})
"""Codes of problems with which any operation may answer."""


@dataclass(frozen=True)
class Operation:
    """A method and path, and the handler that declares the request and answer."""

    path: re.Pattern[str]
    method: str
    handler: HTTPRouteHandler


class ServiceContract:
    """The operations of a service."""

    def __init__(self, service: Litestar) -> None:
        self._operations = [
            Operation(_pattern(route.path), str(method), handler)
            for route in service.routes
            if isinstance(route, HTTPRoute)
            for method, (handler, *_) in route.route_handler_map.items()
        ]
        # `/tournaments/summons` also matches `/tournaments/{id}`, so paths with
        # fewer parameters come first.
        self._operations.sort(key=lambda operation: operation.path.groups)

    async def violations(self, request: httpx.Request, answer: httpx.Response) -> list[str]:
        """Return a sentence for each difference of a request or its answer from the contract."""
        await answer.aread()
        operation = self._find(request)
        found = (
            ["the service has no such operation"]
            if operation is None
            else _violations(operation.handler, request, answer)
        )
        return [f"{request.method} {request.url.path}: {each}" for each in found]

    def _find(self, request: httpx.Request) -> Operation | None:
        return next(
            (
                each
                for each in self._operations
                if each.method == request.method and each.path.fullmatch(request.url.path)
            ),
            None,
        )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(path)))


def _violations(
    handler: HTTPRouteHandler, request: httpx.Request, answer: httpx.Response
) -> Iterator[str]:
    if answer.is_error:
        yield from _undeclared_problem(handler, answer)
        return
    if answer.status_code not in {handler.status_code, *(handler.responses or {})}:
        yield f"it does not answer with status {answer.status_code}"
    if _is_json(answer):
        yield from _mismatch("answer", answer.content, _type_of(handler, answer.status_code))
    if handler.parsed_data_field is not None and _is_json(request):
        yield from _mismatch("body", request.content, handler.parsed_data_field.annotation)


def _undeclared_problem(handler: HTTPRouteHandler, answer: httpx.Response) -> Iterator[str]:
    if answer.headers.get("content-type") != PROBLEM_JSON:
        yield f"status {answer.status_code} has no problem details"
        return
    code = answer.json()["code"]
    spec = (handler.responses or {}).get(answer.status_code)
    declared = set(re.findall("`(.*?)`", spec.description)) if spec else set()
    if code not in declared | ANY_OPERATION:
        yield f"it does not refuse with {answer.status_code} {code}"


def _is_json(message: httpx.Request | httpx.Response) -> bool:
    content_type: str = message.headers.get("content-type", "")
    return content_type.partition(";")[0] == JSON


def _type_of(handler: HTTPRouteHandler, status: int) -> Any:  # noqa: ANN401 - any type
    """Return an answer's type; if the handler writes the bytes itself, the
    one declared in `responses`."""
    declared = (handler.responses or {}).get(status)
    if declared is not None:
        return declared.data_container
    annotation = handler.parsed_fn_signature.return_type.annotation
    return get_args(annotation)[0] if get_origin(annotation) is Response else annotation


def _mismatch(what: str, sent: bytes, type_: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Compare with a type or each member of a union: msgspec cannot decode
    untagged unions of structs."""
    if type_ is Stream:
        # No handler declares the fields of an export.
        return
    alternatives = get_args(type_) if isinstance(type_, UnionType) else (type_,)
    found = [_difference(what, sent, each) for each in alternatives]
    if all(found):
        yield found[0]


def _difference(what: str, sent: bytes, type_: Any) -> str:  # noqa: ANN401 - as above
    try:
        read = msgspec.json.decode(sent, type=type_)
    except msgspec.ValidationError as error:
        return f"the {what} is no {type_.__name__}: {error}"
    unknown = _unknown(msgspec.json.decode(sent), msgspec.to_builtins(read, str_keys=True))
    return f"the {what} has no field {', '.join(sorted(unknown))}" if unknown else ""


def _unknown(sent: object, read: object) -> set[str]:
    """Return the names of fields that were sent but not read."""
    if isinstance(sent, dict) and isinstance(read, dict):
        return (sent.keys() - read.keys()).union(
            *(_unknown(value, read.get(name)) for name, value in sent.items())
        )
    if isinstance(sent, list) and isinstance(read, list):
        return set().union(*(_unknown(*pair) for pair in zip(sent, read, strict=True)))
    return set()
