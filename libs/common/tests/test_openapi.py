import httpx

from transcendence_common.openapi import PROBLEM_JSON, answers
from transcendence_common.problems import Conflict, InvalidFields, Malformed, NotSignedIn


async def test_the_document_declares_how_to_send_a_token(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/sample/schema")).json()
    assert document["components"]["securitySchemes"] == {
        "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


def test_a_bad_token_is_declared_for_all_operations_once() -> None:
    for found in (answers(), answers(NotSignedIn)):
        assert [(status, each.description) for status, each in found.items()] == [
            (401, "`not_signed_in`")
        ]


def test_problems_of_one_status_share_an_entry_with_their_codes() -> None:
    found = answers(Malformed, Conflict, InvalidFields)
    assert list(found) == [400, 401, 409]
    assert found[400].description == "`malformed`, `invalid`"
    assert {answer.media_type for answer in found.values()} == {PROBLEM_JSON}
