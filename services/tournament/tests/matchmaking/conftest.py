from collections.abc import AsyncGenerator

import httpx
import pytest
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig

from services.tournament.tests.matchmaking.lobby import HandClock, Lobby, app_of, lobby_of
from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.sockets import served


@pytest.fixture
async def lobby(db: SQLAlchemyAsyncConfig, signing_key: SigningKey) -> AsyncGenerator[Lobby, None]:
    """The service on one connection that is rolled back: one request at a time."""
    async with lobby_of(db, signing_key) as lobby:
        yield lobby


@pytest.fixture
async def busy_lobby(
    pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[Lobby, None]:
    """The service on a pool of connections: requests side by side, everything committed."""
    async with lobby_of(pooled_db, signing_key) as lobby:
        yield lobby


@pytest.fixture
async def live_lobby(
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    signing_key: SigningKey,
) -> AsyncGenerator[Lobby, None]:
    """The service on a real socket: its streams stay open."""
    clock = HandClock()
    app = app_of(pooled_db, signing_key, clock, database_url=tournament_database.url)
    async with served(app) as url, httpx.AsyncClient(base_url=url) as client:
        pages = app.dependencies["open_pages"].dependency()  # type: ignore[union-attr]
        yield Lobby(client, pooled_db, clock, signing_key, pages)
