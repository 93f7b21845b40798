from collections.abc import AsyncGenerator

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.matchmaking.lobby import HandClock, app_of
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served


@pytest.fixture
async def live_hall(
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    signing_key: SigningKey,
) -> AsyncGenerator[Hall, None]:
    """The service on a real socket: its streams stay open."""
    clock = HandClock()
    app = app_of(pooled_db, signing_key, clock, database_url=tournament_database.url)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        yield Hall(client, pooled_db, clock, signing_key, app)
