from collections.abc import AsyncGenerator

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.matchmaking.lobby import HandClock, Lobby, app_of
from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served


@pytest.fixture
def lobby(
    client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, clock: HandClock, signing_key: SigningKey
) -> Lobby:
    """The service on one connection that is rolled back: one request at a time."""
    return Lobby(client, db, clock, signing_key)


@pytest.fixture
def busy_lobby(
    pooled_client: httpx.AsyncClient,
    pooled_db: SQLAlchemyAsyncConfig,
    clock: HandClock,
    signing_key: SigningKey,
) -> Lobby:
    """The service on a pool of connections: requests side by side, everything committed."""
    return Lobby(pooled_client, pooled_db, clock, signing_key)


@pytest.fixture
async def live_lobby(
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    signing_key: SigningKey,
) -> AsyncGenerator[Lobby, None]:
    """The service on a real socket: its streams stay open."""
    clock = HandClock()
    app = app_of(pooled_db, signing_key, clock, database_url=tournament_database.url)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        pages = app.dependencies["open_pages"].dependency()  # type: ignore[union-attr]
        yield Lobby(client, pooled_db, clock, signing_key, pages)
