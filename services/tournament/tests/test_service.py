import httpx

from tests.fixtures.databases import ServiceDatabase


async def test_a_migrated_service_is_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "failing": []}


async def test_the_openapi_document_is_served(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/tournament/schema")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Transcendence tournament"


def test_models_match_the_migrations(tournament_database: ServiceDatabase) -> None:
    tournament_database.check_models()
