"""Reads on the bare driver while the database becomes unavailable."""

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from history.reads import PoolReads
from transcendence_common.outages import DatabaseUnavailable


async def test_a_server_that_stops_during_a_read_is_an_outage(
    pooled_db: SQLAlchemyAsyncConfig,
) -> None:
    reads = PoolReads(pooled_db.get_engine())
    with pytest.raises(DatabaseUnavailable):
        await reads.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await reads.fetch("SELECT 1") == [(1,)]
