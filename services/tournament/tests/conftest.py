from collections.abc import AsyncGenerator

import httpx
import pytest
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from litestar import Litestar
from pydantic import SecretStr

from launcher.temporary import TemporaryCluster
from tests.fixtures.cast import SigningKey
from tests.fixtures.clients import client_of
from tests.fixtures.databases import ServiceDatabase
from tournament.app import MIGRATIONS, NAME, create_app
from tournament.settings import TournamentSettings


@pytest.fixture(scope="session")
def tournament_database(postgres: TemporaryCluster) -> ServiceDatabase:
    return ServiceDatabase(postgres.urls[NAME], service=NAME, migrations=MIGRATIONS)


@pytest.fixture
async def db(
    tournament_database: ServiceDatabase,
) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    async with tournament_database.rolled_back() as db:
        yield db


@pytest.fixture
async def client(
    db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with client_of(_app(db, signing_key)) as client:
        yield client


@pytest.fixture
async def pooled_db(
    tournament_database: ServiceDatabase,
) -> AsyncGenerator[SQLAlchemyAsyncConfig, None]:
    async with tournament_database.committed() as db:
        yield db


@pytest.fixture
async def pooled_client(
    pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[httpx.AsyncClient, None]:
    """One on a pool of connections, for requests that come at once."""
    async with client_of(_app(pooled_db, signing_key)) as client:
        yield client


def _app(db: SQLAlchemyAsyncConfig, key: SigningKey) -> Litestar:
    settings = TournamentSettings(
        environment="test",
        tournament_database_url=SecretStr("postgresql://not.used/tournament"),
        tournament_service_secret=SecretStr("only-for-tests-9876543210abcdefghij"),
    )
    return create_app(settings, db=db, keys=key, repeats=False)
