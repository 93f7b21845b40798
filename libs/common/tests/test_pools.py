"""Metrics of connection pools: connections in use, and requests that found none."""

import gc
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from prometheus_client import REGISTRY
from pydantic import SecretStr

from launcher.temporary import TemporaryCluster
from transcendence_common.database import POOL_TIMEOUT_SECONDS, configure_database
from transcendence_common.outages import DatabaseUnavailable

SIZE = 2


@asynccontextmanager
async def pool(
    postgres: TemporaryCluster,
    name: str,
    settings: Mapping[str, str] | None = None,
    *,
    timeout_seconds: int = POOL_TIMEOUT_SECONDS,
) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    url = postgres.cluster.url().replace("postgresql://", "postgresql+asyncpg://", 1)
    config = configure_database(
        SecretStr(url),
        service=name,
        migrations=Path(),
        pool_size=SIZE,
        pool_timeout_seconds=timeout_seconds,
        server_settings=settings,
    )
    yield config
    await config.get_engine().dispose()


async def test_connections_are_counted_by_state(postgres: TemporaryCluster) -> None:
    async with pool(postgres, "by-state") as config:
        assert connections("by-state") == (0, 0)
        async with config.get_engine().connect(), config.get_engine().connect():
            assert connections("by-state") == (2, 0)
        assert connections("by-state") == (0, 2)
        async with config.get_engine().connect():
            assert connections("by-state") == (1, 1)
        await config.get_engine().dispose()
        assert connections("by-state") == (0, 0)
        assert size("by-state") == SIZE


async def test_two_pools_of_a_service_are_distinguished(postgres: TemporaryCluster) -> None:
    async with (
        pool(postgres, "twofold"),
        pool(postgres, "twofold", {"application_name": "twofold-live"}) as live,
        live.get_engine().connect(),
    ):
        assert connections("twofold") == (0, 0)
        assert connections("twofold-live") == (1, 0)


async def test_a_request_without_a_free_connection_is_counted(postgres: TemporaryCluster) -> None:
    async with pool(postgres, "crowded", timeout_seconds=0) as config:
        assert timeouts("crowded") == 0
        for times in (1, 2):
            async with config.get_engine().connect(), config.get_engine().connect():
                with pytest.raises(DatabaseUnavailable):
                    await config.get_engine().connect().__aenter__()
            assert timeouts("crowded") == times
            # The replacing pool counts too.
            await config.get_engine().dispose()


async def test_pools_of_one_name_are_summed_and_forgotten_with_their_engines(
    postgres: TemporaryCluster,
) -> None:
    async with pool(postgres, "manifold"):
        async with pool(postgres, "manifold") as other, other.get_engine().connect():
            assert connections("manifold") == (1, 0)
            assert size("manifold") == 2 * SIZE
        del other
        gc.collect()
        assert size("manifold") == SIZE
    gc.collect()
    assert size("manifold") is None


def connections(pool: str) -> tuple[float | None, ...]:
    """Return the numbers of used and idle connections."""
    return tuple(
        REGISTRY.get_sample_value("database_pool_connections", {"pool": pool, "state": state})
        for state in ("in_use", "idle")
    )


def size(pool: str) -> float | None:
    return REGISTRY.get_sample_value("database_pool_size", {"pool": pool})


def timeouts(pool: str) -> float | None:
    return REGISTRY.get_sample_value("database_pool_timeouts_total", {"pool": pool})
