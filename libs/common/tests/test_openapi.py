import httpx

from transcendence_common.openapi import PROBLEM_JSON, answers
from transcendence_common.problems import Conflict, InvalidFields, Malformed


async def test_the_document_says_how_to_show_a_token(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/sample/schema")).json()
    assert document["components"]["securitySchemes"] == {
        "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


def test_problems_of_one_status_share_an_entry_that_names_their_codes() -> None:
    found = answers(Malformed, Conflict, InvalidFields)
    assert list(found) == [400, 409]
    assert found[400].description == "`malformed`, `invalid`"
    assert {answer.media_type for answer in found.values()} == {PROBLEM_JSON}
