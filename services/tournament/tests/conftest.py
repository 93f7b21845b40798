from collections.abc import AsyncGenerator

import httpx
import pytest
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
async def client(
    tournament_database: ServiceDatabase, signing_key: SigningKey
) -> AsyncGenerator[httpx.AsyncClient, None]:
    settings = TournamentSettings(
        environment="test", tournament_database_url=SecretStr(tournament_database.url)
    )
    async with (
        tournament_database.rolled_back() as db,
        client_of(create_app(settings, db=db, keys=signing_key)) as client,
    ):
        yield client
