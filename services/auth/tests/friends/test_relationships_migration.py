"""The migration that introduces relationship events also sends the existing relationships."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import asyncpg
import pytest

from auth.app import MIGRATIONS, NAME
from auth.friends.relationships import ALL_RELATIONSHIPS_TOPIC
from launcher.temporary import TemporaryCluster
from tests.fixtures.databases import OldDatabase, old_database

BEFORE, AFTER = "0009", "0010"


@pytest.fixture
async def old(postgres: TemporaryCluster) -> AsyncGenerator[OldDatabase, None]:
    async with old_database(postgres, service=NAME, migrations=MIGRATIONS, revision=BEFORE) as old:
        yield old


async def test_all_relationships_are_sent_now_and_again_after_old_replicas_have_stopped(
    old: OldDatabase,
) -> None:
    connection = await asyncpg.connect(old.url)
    await connection.execute(
        "INSERT INTO accounts (id, username, username_key, email, email_key, created_at)"
        " VALUES (gen_random_uuid(), 'Alice', 'alice', 'a@example.org', 'a@example.org', now())"
    )
    await old.migrate(AFTER)
    jobs = await connection.fetch(
        "SELECT entrypoint, status, execute_after - created AS later FROM pgqueuer ORDER BY id"
    )
    await connection.close()
    assert [tuple(job) for job in jobs] == [
        (ALL_RELATIONSHIPS_TOPIC, "queued", timedelta(0)),
        (ALL_RELATIONSHIPS_TOPIC, "queued", timedelta(minutes=10)),
    ]


async def test_an_empty_database_gets_no_job(old: OldDatabase) -> None:
    await old.migrate(AFTER)
    connection = await asyncpg.connect(old.url)
    assert await connection.fetch("SELECT FROM pgqueuer") == []
    await connection.close()
