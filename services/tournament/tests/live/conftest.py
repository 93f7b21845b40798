from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from pydantic import SecretStr

from services.tournament.tests.live.match_host_under_test import MatchOfTwo, new_match
from services.tournament.tests.live.replicas import ReplicaByHand
from services.tournament.tests.service_under_test import settings_for
from tests.fixtures.cast import ALICE, BOB, SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.network import BrokenNetwork
from tests.fixtures.sockets import served
from tournament.app import MIGRATIONS, SERVICE_NAME, create_app
from transcendence_common.database import configure_database

Serve = Callable[..., AbstractAsyncContextManager[str]]
"""Serves another replica with the database at an address, and yields the replica's address; `port`
is announced to others."""


@pytest.fixture
async def service(
    tournament_database: ServiceDatabase, pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[str, None]:
    """The service on a real socket with all its background work; the
    other services are unavailable."""
    settings = settings_for(tournament_database.url)
    async with served(create_app(settings, db=pooled_db, keys=signing_key)) as url:
        yield url


@pytest.fixture
async def match(service: str, pooled_db: SQLAlchemyAsyncConfig) -> MatchOfTwo:
    match_id = await new_match(pooled_db, ALICE, BOB)
    return MatchOfTwo(service, match_id, pooled_db, ALICE, BOB)


@pytest.fixture
def serve(pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey) -> Serve:  # noqa: ARG001 - empties the tables
    @asynccontextmanager
    async def serve_replica(database_url: str, *, port: int = 8003) -> AsyncGenerator[str, None]:
        settings = settings_for(database_url, port=port)
        db = configure_database(
            SecretStr(database_url), service=SERVICE_NAME, migrations=MIGRATIONS, pool_size=5
        )
        try:
            async with served(create_app(settings, db=db, keys=signing_key)) as url:
                yield url
        finally:
            await db.get_engine().dispose()

    return serve_replica


@pytest.fixture
async def way(tournament_database: ServiceDatabase) -> AsyncGenerator[BrokenNetwork, None]:
    """A connection to the database that can be cut."""
    network = BrokenNetwork(SecretStr(tournament_database.url))
    async with network.laid():
        yield network


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the countdown from 3 s to 0.3 s."""
    monkeypatch.setattr("tournament.live.live_match.COUNTDOWN_SECONDS", 0.3)


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter leases, which are prolonged more often."""
    monkeypatch.setattr("tournament.live.storing.LEASE_DURATION", timedelta(seconds=1.2))
    monkeypatch.setattr("tournament.live.storing.STORE_INTERVAL_SECONDS", 0.2)


@pytest.fixture
async def one(pooled_db: SQLAlchemyAsyncConfig) -> ReplicaByHand:
    """A replica that stores when the test tells it to."""
    return await ReplicaByHand.started(pooled_db, 8101)


@pytest.fixture
async def other(pooled_db: SQLAlchemyAsyncConfig) -> ReplicaByHand:
    """The history service."""
    return await ReplicaByHand.started(pooled_db, 8102)
