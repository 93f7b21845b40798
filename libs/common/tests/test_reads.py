"""Reads on the bare driver."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text

from launcher.temporary import TemporaryCluster
from libs.common.tests.lonely_database import LonelyDatabase, lonely_database
from transcendence_common.database import configure_database
from transcendence_common.outages import DatabaseUnavailable
from transcendence_common.reads import DatabaseReads, SessionReads


@pytest.fixture
async def database(postgres: TemporaryCluster) -> AsyncGenerator[LonelyDatabase, None]:
    async with lonely_database(postgres) as database:
        yield database


@pytest.fixture
async def config(database: LonelyDatabase) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    config = configure_database(database.url, service="sample", migrations=Path(), pool_size=2)
    yield config
    await config.get_engine().dispose()


@pytest.fixture
def reads(config: SQLAlchemyAsyncConfig) -> DatabaseReads:
    return DatabaseReads(config)


async def test_a_read_returns_rows_for_its_arguments(reads: DatabaseReads) -> None:
    assert await reads.fetch("SELECT $1::int + 1, $2::text", 1, "x") == [(2, "x")]


async def test_a_server_that_stops_during_a_read_is_an_outage(reads: DatabaseReads) -> None:
    with pytest.raises(DatabaseUnavailable):
        await reads.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await reads.fetch("SELECT 1") == [(1,)]


async def test_reads_of_a_session_see_its_writes_and_other_reads_do_not(
    config: SQLAlchemyAsyncConfig, reads: DatabaseReads
) -> None:
    async with config.get_session() as session:
        await session.execute(text("CREATE TABLE note AS SELECT 'hello' AS words"))
        assert await SessionReads(session).fetch("SELECT words FROM note") == [("hello",)]
        assert await reads.fetch("SELECT to_regclass('note') IS NULL") == [(True,)]
