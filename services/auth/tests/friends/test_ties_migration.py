"""What people are to each other already is told once auth begins to tell of it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import asyncpg
import pytest
from advanced_alchemy.alembic.commands import AlembicCommands
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from pydantic import SecretStr

from auth.app import MIGRATIONS, NAME
from auth.friends.ties import EVERYBODY
from launcher.temporary import TemporaryCluster
from transcendence_common.database import database

BEFORE, AFTER = "0009", "0010"
DATABASE = "auth_before_ties"


@pytest.fixture
async def url(postgres: TemporaryCluster) -> AsyncGenerator[str, None]:
    """A database of its own, as it was before."""
    await _administer(postgres, f"CREATE DATABASE {DATABASE} OWNER {NAME}")
    try:
        url = f"{postgres.urls[NAME].rpartition('/')[0]}/{DATABASE}"
        await _migrate(url, BEFORE)
        yield url
    finally:
        await _administer(postgres, f"DROP DATABASE {DATABASE} WITH (FORCE)")


async def test_order_is_given_now_and_for_when_old_replicas_are_gone(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO accounts (id, username, username_key, email, email_key, created_at)"
        " VALUES (gen_random_uuid(), 'Alice', 'alice', 'a@example.org', 'a@example.org', now())"
    )
    await _migrate(url, AFTER)
    jobs = await connection.fetch(
        "SELECT entrypoint, status, execute_after - created AS later FROM pgqueuer ORDER BY id"
    )
    await connection.close()
    assert [tuple(job) for job in jobs] == [
        (EVERYBODY, "queued", timedelta(0)),
        (EVERYBODY, "queued", timedelta(minutes=10)),
    ]


async def test_where_nobody_is_nothing_is_ordered(url: str) -> None:
    await _migrate(url, AFTER)
    connection = await asyncpg.connect(url)
    assert await connection.fetch("SELECT FROM pgqueuer") == []
    await connection.close()


async def _migrate(url: str, revision: str) -> None:
    # Alembic runs an event loop of its own.
    await asyncio.to_thread(AlembicCommands(_config(url)).upgrade, revision)


def _config(url: str) -> SQLAlchemyAsyncConfig:
    return database(
        SecretStr(url.replace("postgresql://", "postgresql+asyncpg://", 1)),
        service=NAME,
        migrations=MIGRATIONS,
        pool_size=1,
    )


async def _administer(postgres: TemporaryCluster, statement: str) -> None:
    connection = await asyncpg.connect(postgres.cluster.url("postgres"))
    await connection.execute(statement)
    await connection.close()
