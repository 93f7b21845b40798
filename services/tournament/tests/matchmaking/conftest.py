import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.conftest import LiveTournament
from services.tournament.tests.matchmaking.lobby import Lobby
from tests.fixtures.cast import SigningKey
from tests.fixtures.clock import HandClock


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
    """The service on a pool of connections: parallel requests, everything committed."""
    return Lobby(pooled_client, pooled_db, clock, signing_key)


@pytest.fixture
def live_lobby(
    live: LiveTournament, pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> Lobby:
    """The service on a real socket, so that its streams stay open."""
    pages = live.app.dependencies["open_pages"].dependency()  # type: ignore[union-attr]
    return Lobby(live.client, pooled_db, live.clock, signing_key, pages)
