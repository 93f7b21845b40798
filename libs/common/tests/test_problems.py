import httpx
import pytest

from tests.fixtures.clients import refusal
from transcendence_common.problems import Malformed, NotFound

PROBLEM_JSON = "application/problem+json"


async def test_a_named_error_becomes_problem_details(client: httpx.AsyncClient) -> None:
    answer = await client.get("/taken")
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert answer.json() == {
        "type": "/problems/seat_taken",
        "title": "Conflict with the current state",
        "status": 409,
        "detail": "Seat 7 is taken.",
        "code": "seat_taken",
    }


async def test_invalid_fields_are_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/notes", json={"text": "", "stars": "many"})
    assert refusal(answer) == (400, "invalid")
    assert {error["field"] for error in answer.json()["errors"]} == {"text"}


async def test_a_missing_field_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/notes", json={"text": "hello"})
    assert answer.json()["errors"] == [{"field": "stars", "message": "This field is required."}]


async def test_values_of_a_body_are_not_converted(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for stars in (b'"100"', b"100.0", b"1e2", b"true", b"null"):
        with subtests.test(stars=stars):
            answer = await client.post("/notes", content=b'{"text": "hello", "stars": %s}' % stars)
            assert answer.status_code == 400
            assert [error["field"] for error in answer.json()["errors"]] == ["stars"]


async def test_values_of_a_query_are_converted(client: httpx.AsyncClient) -> None:
    assert (await client.get("/latest-notes", params={"limit": "7"})).json() == {"limit": 7}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nowhere", b"", 404, "not_found"),
        ("DELETE", "/notes", b"", 405, "method_not_allowed"),
        ("POST", "/notes", b"{not json", 400, "malformed"),
        ("POST", "/notes", b"", 400, "malformed"),
        ("POST", "/notes", b"[]", 400, "malformed"),
        ("POST", "/notes", b'{"text": "\xff\xfe"}', 400, "malformed"),
        ("POST", "/notes", b"[" * 100_000, 400, "malformed"),
        ("POST", "/notes", b'{"more": ' + b"[" * 9_000 + b"]" * 9_000 + b"}", 400, "malformed"),
        ("POST", "/notes", b'{"stars": 1e400}', 400, "malformed"),
        ("GET", "/notes/abc", b"", 404, "not_found"),
        ("GET", "/api/sample/schema/swagger", b"", 404, "not_found"),
        ("GET", "/api/sample/schema/no.json", b"", 404, "not_found"),
        ("POST", "/notes", b'"' + b"x" * 1_100_000 + b'"', 413, "too_large"),
        ("GET", "/me", b"", 401, "not_signed_in"),
    ],
)
async def test_every_refusal_has_the_same_shape(
    client: httpx.AsyncClient, *, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    answer = await client.request(method, path, content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert answer.json()["code"] == code
    assert answer.json()["type"] == f"/problems/{code}"
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "body", "title"),
    [
        ("GET", "/nowhere", b"", NotFound.title_text),
        ("POST", "/notes", b"{not json", Malformed.title_text),
        ("POST", "/notes", b"[]", Malformed.title_text),
        ("DELETE", "/notes", b"", "Method not allowed"),
    ],
)
async def test_a_problem_has_one_title_wherever_it_is_detected(
    client: httpx.AsyncClient, *, method: str, path: str, body: bytes, title: str
) -> None:
    assert (await client.request(method, path, content=body)).json()["title"] == title


async def test_the_text_of_a_bug_is_not_sent(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bug")
    assert refusal(answer) == (500, "internal_error")
    assert "secret" not in answer.text
