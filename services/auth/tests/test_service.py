import asyncio

import httpx
import pytest
from sqlalchemy import text

from auth.accounts.passwords import MAX_PASSWORD_BODY_BYTES
from auth.app import create_app
from auth.settings import AuthSettings
from services.auth.tests.service_under_test import Auth, running, settings_for
from tests.fixtures.clients import client_of
from tests.fixtures.databases import ServiceDatabase
from transcendence_common.periodic import RETRY_SECONDS

UNREACHABLE_DATABASE = "postgresql://auth:auth@127.0.0.1:1/auth"


async def test_a_migrated_service_with_a_key_is_ready(auth: Auth) -> None:
    answer = await auth.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "failing": []}


async def test_the_document_declares_that_each_protected_address_refuses_a_bad_token(
    auth: Auth,
) -> None:
    document = (await auth.client.get("/api/user/schema")).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "`not_signed_in`" in operation["responses"]["401"]["description"], path


def test_models_match_the_migrations(auth_database: ServiceDatabase) -> None:
    auth_database.check_models()


async def test_the_service_starts_without_its_database_and_is_not_ready() -> None:
    async with client_of(create_app(settings_for(UNREACHABLE_DATABASE))) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert set((await client.get("/health/ready")).json()["failing"]) == {
            "database",
            "outbox",
            "signing_key",
        }
        answer = await client.get("/api/user/.well-known/jwks.json")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]


@pytest.mark.parametrize("path", ["login", "register"])
async def test_anonymous_bodies_are_small(path: str) -> None:
    async with client_of(create_app(settings_for(UNREACHABLE_DATABASE))) as client:
        answers = [
            await client.post(f"/api/user/{path}", content=b"x" * size)
            for size in (MAX_PASSWORD_BODY_BYTES, MAX_PASSWORD_BODY_BYTES + 1)
        ]
        assert [answer.status_code for answer in answers] == [400, 413]
        assert answers[1].headers["content-type"] == "application/problem+json"


async def test_the_service_recovers_when_its_tables_return(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    async with auth_database.committed() as db:
        async with db.get_engine().begin() as connection:
            await connection.execute(text("ALTER TABLE signing_keys RENAME TO away"))
        async with running(settings, db) as auth:
            failing = (await auth.client.get("/health/ready")).json()["failing"]
            await auth.execute("ALTER TABLE away RENAME TO signing_keys")
            await _until_ready(auth.client)
            assert failing == ["signing_key"]
            assert (await auth.get("/.well-known/jwks.json")).status_code == 200


async def _until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10 * RETRY_SECONDS):
        while True:
            if (await client.get("/health/ready")).status_code == 200:
                return
            await asyncio.sleep(0.02)
