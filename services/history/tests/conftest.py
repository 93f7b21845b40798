from collections.abc import AsyncGenerator

import httpx
import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from history.app import MIGRATIONS, SERVICE_NAME, create_app
from history.settings import HistorySettings
from launcher.temporary import TemporaryCluster
from services.history.tests.arcade import SECRET, Arcade
from tests.fixtures.cast import SigningKey
from tests.fixtures.clients import client_of
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase


@pytest.fixture(scope="session")
def history_database(postgres: TemporaryCluster) -> ServiceDatabase:
    return ServiceDatabase(postgres.urls[SERVICE_NAME], service=SERVICE_NAME, migrations=MIGRATIONS)


@pytest.fixture(scope="module")
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="module")
async def module_db(
    history_database: ServiceDatabase,
) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    async with history_database.rolled_back() as db:
        yield db


@pytest.fixture(scope="module")
def app(module_db: SQLAlchemyAsyncConfig, signing_key: SigningKey, clock: HandClock) -> Litestar:
    """One application per module, since starting one takes longer than any of these tests."""
    return _app(module_db, signing_key, clock)


@pytest.fixture(scope="module")
async def client(app: Litestar) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def db(module_db: SQLAlchemyAsyncConfig) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    """The module's database, empty before and after each test."""
    connection = module_db.session_config.bind
    assert isinstance(connection, AsyncConnection)
    savepoint = await connection.begin_nested()
    yield module_db
    await savepoint.rollback()


@pytest.fixture
def arcade(client: httpx.AsyncClient, db: SQLAlchemyAsyncConfig, clock: HandClock) -> Arcade:  # noqa: ARG001 - rolls back
    clock.reset()
    return Arcade(client, clock)


@pytest.fixture
async def pooled_db(
    history_database: ServiceDatabase,
) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    async with history_database.committed() as db:
        yield db


@pytest.fixture
async def busy_arcade(
    pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey, clock: HandClock
) -> AsyncGenerator[Arcade, None]:
    """The service on a pool of connections, for parallel requests."""
    async with client_of(_app(pooled_db, signing_key, clock)) as client:
        clock.reset()
        yield Arcade(client, clock)


def _app(db: SQLAlchemyAsyncConfig, key: SigningKey, clock: HandClock) -> Litestar:
    settings = HistorySettings(
        environment="test",
        history_database_url=SecretStr("postgresql://not.used/history"),
        history_ticket_secret=SecretStr(SECRET),
    )
    return create_app(settings, db=db, keys=key, clock=clock)
