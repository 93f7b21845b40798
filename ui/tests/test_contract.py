"""Each difference of a request or answer from a service's declaration is found."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar, Response, get, post
from litestar.params import FromPath, JSONBody

from tests.stand_ins.contract import ServiceContract
from transcendence_common.openapi import PROBLEM_JSON, answers
from transcendence_common.problems import NotFound

CUP = "/cups/018f0000-0000-7000-8000-000000000000"


class Cup(msgspec.Struct):
    name: str
    size: int = 4


class Receipt(msgspec.Struct):
    number: int


@get("/cups/{cup_id:uuid}", responses=answers(NotFound))
async def show(cup_id: FromPath[UUID]) -> Cup:
    return Cup(str(cup_id))


@get("/cups/newest")
async def newest() -> Receipt:
    return Receipt(1)


@post("/cups")
async def make(data: JSONBody[Cup]) -> Response[Cup | Receipt]:
    return Response(data)


@pytest.fixture(scope="module")
def contract() -> ServiceContract:
    return ServiceContract(Litestar([show, newest, make], openapi_config=None))


@dataclass(frozen=True)
class Case:
    """A request and its answer, and the expected violation, if any."""

    path: str
    answer: httpx.Response
    violation: str = ""
    sent: Any = None


def problem(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code}, headers={"content-type": PROBLEM_JSON})


CASES = {
    "as declared": Case(CUP, httpx.Response(200, json={"name": "Alice's", "size": 8})),
    "as declared, with a charset": Case(
        CUP,
        httpx.Response(
            200, content=b"[]", headers={"content-type": "application/json; charset=utf-8"}
        ),
        "the answer is no Cup: Expected `object`, got `array`",
    ),
    "the other of two types": Case(
        "/cups", httpx.Response(201, json={"number": 1}), sent={"name": "Alice's"}
    ),
    "a path without parameters first": Case(
        "/cups/newest", httpx.Response(200, json={"number": 1})
    ),
    "no such path": Case("/cup", httpx.Response(200), "the service has no such operation"),
    "no such method": Case(CUP, httpx.Response(201), "the service has no such operation", sent={}),
    "another status": Case(
        CUP, httpx.Response(202, json={"name": "Alice's"}), "it does not answer with status 202"
    ),
    "a field less": Case(
        CUP,
        httpx.Response(200, json={"size": 8}),
        "the answer is no Cup: Object missing required field `name`",
    ),
    "a field more": Case(
        CUP,
        httpx.Response(200, json={"name": "Alice's", "colour": "red"}),
        "the answer has no field colour",
    ),
    "another type": Case(
        CUP,
        httpx.Response(200, json={"name": 8}),
        "the answer is no Cup: Expected `str`, got `int` - at `$.name`",
    ),
    "a body that is not understood": Case(
        "/cups",
        httpx.Response(201, json={"number": 1}),
        "the body has no field colour",
        sent={"name": "Alice's", "colour": "red"},
    ),
    "a declared problem": Case(CUP, problem(404, NotFound.code)),
    "a problem of any operation": Case(CUP, problem(503, "unavailable")),
    "an undeclared problem": Case(
        CUP, problem(404, "no_such_cup"), "it does not refuse with 404 no_such_cup"
    ),
    "a declared code with another status": Case(
        CUP, problem(409, NotFound.code), f"it does not refuse with 409 {NotFound.code}"
    ),
    "no problem details": Case(CUP, httpx.Response(500), "status 500 has no problem details"),
}


async def test_each_difference_from_the_contract_is_a_violation(
    contract: ServiceContract, subtests: pytest.Subtests
) -> None:
    for name, case in CASES.items():
        method = "GET" if case.sent is None else "POST"
        request = httpx.Request(method, f"http://cups{case.path}", json=case.sent)
        with subtests.test(name):
            found = await contract.violations(request, case.answer)
            expected = [f"{method} {case.path}: {case.violation}"] if case.violation else []
            assert found == expected
