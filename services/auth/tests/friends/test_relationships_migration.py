"""What people are to each other already is told once auth begins to tell of it."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import asyncpg
import pytest

from auth.app import MIGRATIONS, NAME
from auth.friends.relationships import EVERYBODY
from launcher.temporary import TemporaryCluster
from tests.fixtures.databases import OldDatabase, old_database

BEFORE, AFTER = "0009", "0010"


@pytest.fixture
async def old(postgres: TemporaryCluster) -> AsyncGenerator[OldDatabase, None]:
    async with old_database(postgres, service=NAME, migrations=MIGRATIONS, revision=BEFORE) as old:
        yield old


async def test_order_is_given_now_and_for_when_old_replicas_are_gone(old: OldDatabase) -> None:
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
        (EVERYBODY, "queued", timedelta(0)),
        (EVERYBODY, "queued", timedelta(minutes=10)),
    ]


async def test_where_nobody_is_nothing_is_ordered(old: OldDatabase) -> None:
    await old.migrate(AFTER)
    connection = await asyncpg.connect(old.url)
    assert await connection.fetch("SELECT FROM pgqueuer") == []
    await connection.close()
