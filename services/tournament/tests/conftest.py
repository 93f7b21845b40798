from collections.abc import AsyncGenerator
from dataclasses import dataclass

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar

from launcher.temporary import TemporaryCluster
from services.tournament.tests.service_under_test import app_of
from services.tournament.tests.tournaments.organising import Hall
from tests.fixtures.cast import SigningKey
from tests.fixtures.clients import client_to
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.fixtures.sockets import served
from tests.fixtures.standing import StandingApplication, StandingDatabase
from tournament.app import MIGRATIONS, SERVICE_NAME


@dataclass(frozen=True)
class StandingTournament:
    """One application for all tests, whose other services are unavailable; each test
    gets its own data and time."""

    application: StandingApplication
    clock: HandClock


@pytest.fixture(scope="session")
def tournament_database(postgres: TemporaryCluster) -> ServiceDatabase:
    return ServiceDatabase(postgres.urls[SERVICE_NAME], service=SERVICE_NAME, migrations=MIGRATIONS)


@pytest.fixture(scope="session")
async def standing(
    tournament_database: ServiceDatabase, signing_key: SigningKey
) -> AsyncGenerator[StandingTournament, None]:
    clock = HandClock()
    database = StandingDatabase(tournament_database)
    application = StandingApplication(app_of(database.config, signing_key, clock), database)
    async with application.running():
        yield StandingTournament(application, clock)


@pytest.fixture
def clock(standing: StandingTournament) -> HandClock:
    standing.clock.reset()
    return standing.clock


@pytest.fixture
async def db(standing: StandingTournament) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    """One connection that is rolled back: one request at a time."""
    async with standing.application.database.rolled_back():
        yield standing.application.database.config


@pytest.fixture
async def pooled_db(standing: StandingTournament) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    """A pool of connections: parallel requests, everything committed."""
    async with standing.application.database.committed():
        yield standing.application.database.config


@dataclass(frozen=True)
class LiveTournament:
    """A separate application on a real socket, so that its streams stay open."""

    client: httpx.AsyncClient
    app: Litestar
    clock: HandClock


@pytest.fixture
async def live(
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    signing_key: SigningKey,
) -> AsyncGenerator[LiveTournament, None]:
    clock = HandClock()
    app = app_of(pooled_db, signing_key, clock, database_url=tournament_database.url)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        yield LiveTournament(client, app, clock)


@pytest.fixture
def live_hall(
    live: LiveTournament, pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> Hall:
    return Hall(live.client, pooled_db, live.clock, signing_key, live.app)


@pytest.fixture
async def standing_client(
    standing: StandingTournament,
    clock: HandClock,  # noqa: ARG001 - set to now
) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_to(standing.application.app) as client:
        yield client


@pytest.fixture
def client(db: SQLAlchemyAsyncConfig, standing_client: httpx.AsyncClient) -> httpx.AsyncClient:  # noqa: ARG001 - rolls back
    return standing_client


@pytest.fixture
def pooled_client(
    pooled_db: SQLAlchemyAsyncConfig,  # noqa: ARG001 - empties the tables
    standing_client: httpx.AsyncClient,
) -> httpx.AsyncClient:
    """A client on a pool of connections, for parallel requests."""
    return standing_client


@pytest.fixture
def hall(
    standing: StandingTournament,
    client: httpx.AsyncClient,
    db: SQLAlchemyAsyncConfig,
    clock: HandClock,
    signing_key: SigningKey,
) -> Hall:
    """The service for organisers, on one connection that is rolled back: one request at a time."""
    return Hall(client, db, clock, signing_key, standing.application.app)


@pytest.fixture
def busy_hall(
    standing: StandingTournament,
    pooled_client: httpx.AsyncClient,
    pooled_db: SQLAlchemyAsyncConfig,
    clock: HandClock,
    signing_key: SigningKey,
) -> Hall:
    """The service for organisers, on a pool of connections: parallel
    requests, everything committed."""
    return Hall(pooled_client, pooled_db, clock, signing_key, standing.application.app)
