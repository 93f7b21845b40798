"""What the services promise of each operation: stand-ins are held to it, and so is ui that asks them."""

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
ANYWHERE: Final = frozenset({"unavailable", "not_signed_in", "wrong_service"})
"""Codes that every operation may answer with."""


@dataclass(frozen=True)
class Promise:
    """One operation of a service, as its handler declares it."""

    path: re.Pattern[str]
    method: str
    handler: HTTPRouteHandler


class Promises:
    """Compares requests and answers with what the handlers of a service declare."""

    def __init__(self, service: Litestar) -> None:
        self._promises = [
            Promise(_pattern(route.path), str(method), handler)
            for route in service.routes
            if isinstance(route, HTTPRoute)
            for method, (handler, *_) in route.route_handler_map.items()
        ]
        # `/players/own` before `/players/{id}`.
        self._promises.sort(key=lambda promise: promise.path.groups)

    async def broken(self, request: httpx.Request, answer: httpx.Response) -> list[str]:
        """Return a sentence for each thing that the service would not answer, or not have understood."""
        await answer.aread()
        promise = self._find(request)
        faults = (
            ["there is no such operation"] if promise is None else _faults(promise, request, answer)
        )
        return [f"{request.method} {request.url.path}: {fault}" for fault in faults]

    def _find(self, request: httpx.Request) -> Promise | None:
        return next(
            (
                promise
                for promise in self._promises
                if promise.method == request.method and promise.path.fullmatch(request.url.path)
            ),
            None,
        )


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(path)))


def _faults(promise: Promise, request: httpx.Request, answer: httpx.Response) -> Iterator[str]:
    if answer.is_error:
        yield from _undeclared_problem(promise, answer)
        return
    handler = promise.handler
    if answer.status_code not in {handler.status_code, *(handler.responses or {})}:
        yield f"it does not answer {answer.status_code}"
    # A Stream's document is declared nowhere: it is a file for its reader.
    if (
        answer.headers.get("content-type") == JSON
        and _answered(handler, answer.status_code) is not Stream
    ):
        yield from _other_fields("answer", answer.content, _answered(handler, answer.status_code))
    if handler.parsed_data_field is not None and request.headers.get("content-type") == JSON:
        yield from _other_fields("body", request.content, handler.parsed_data_field.annotation)


def _undeclared_problem(promise: Promise, answer: httpx.Response) -> Iterator[str]:
    if not answer.headers.get("content-type", "").startswith(PROBLEM_JSON):
        yield f"{answer.status_code} without problem details"
        return
    code = answer.json()["code"]
    spec = (promise.handler.responses or {}).get(answer.status_code)
    declared = set(re.findall("`(.*?)`", spec.description)) if spec else set()
    if code not in declared | ANYWHERE:
        yield f"it does not refuse with {answer.status_code} {code}"


def _answered(handler: HTTPRouteHandler, status: int) -> Any:  # noqa: ANN401 - any type that a handler returns
    """Return what is answered, as it is declared beside the handler where that writes it by itself."""
    declared = (handler.responses or {}).get(status)
    if declared is not None:
        return declared.data_container
    annotation = handler.parsed_fn_signature.return_type.annotation
    return get_args(annotation)[0] if get_origin(annotation) is Response else annotation


def _other_fields(what: str, sent: bytes, type_: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Compare with one type, or with each of a union, which msgspec does not tell apart by itself."""
    union = isinstance(type_, UnionType)
    faults = [_fault(what, sent, each) for each in (get_args(type_) if union else (type_,))]
    if all(faults):
        yield faults[0]


def _fault(what: str, sent: bytes, type_: Any) -> str:  # noqa: ANN401 - as above
    try:
        read = msgspec.json.decode(sent, type=type_)
    except msgspec.ValidationError as error:
        return f"the {what} is no {type_}: {error}"
    unknown = _unknown(msgspec.json.decode(sent), msgspec.to_builtins(read, str_keys=True))
    return f"the {what} has no {', '.join(sorted(unknown))}" if unknown else ""


def _unknown(sent: object, read: object) -> set[str]:
    """Return the names of fields that were sent and not read."""
    if isinstance(sent, dict) and isinstance(read, dict):
        return (sent.keys() - read.keys()).union(
            *(_unknown(value, read.get(name)) for name, value in sent.items())
        )
    if isinstance(sent, list) and isinstance(read, list):
        return set().union(*(_unknown(*pair) for pair in zip(sent, read, strict=True)))
    return set()
