from collections.abc import AsyncGenerator

import pytest
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from pydantic import SecretStr

from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.sockets import served
from tournament.app import create_app
from tournament.settings import TournamentSettings


@pytest.fixture
async def service(
    tournament_database: ServiceDatabase,
    pooled_db: SQLAlchemyAsyncConfig,
    signing_key: SigningKey,
) -> AsyncGenerator[str, None]:
    """The service on a real socket with all that goes on in it; its neighbours are away."""
    settings = TournamentSettings(
        environment="test",
        auth_url="http://127.0.0.1:9",
        history_url="http://127.0.0.1:9",
        tournament_database_url=SecretStr(tournament_database.url),
        tournament_service_secret=SecretStr("only-for-tests-9876543210abcdefghij"),
    )
    async with served(create_app(settings, db=pooled_db, keys=signing_key)) as url:
        yield url
