from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from auth.accounts.hashing import PasswordHashing
from auth.app import MIGRATIONS, NAME
from auth.settings import AuthSettings
from launcher.temporary import TemporaryCluster
from services.auth.tests.connected_services import ConnectedServices, start_connected_services
from services.auth.tests.service_under_test import (
    AnotherAuth,
    Auth,
    StandingAuth,
    running,
    settings_for,
)
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase


@pytest.fixture(scope="session")
def auth_database(postgres: TemporaryCluster) -> ServiceDatabase:
    return ServiceDatabase(postgres.urls[NAME], service=NAME, migrations=MIGRATIONS)


@pytest.fixture(scope="session")
def settings(auth_database: ServiceDatabase) -> AuthSettings:
    return settings_for(auth_database.url)


@pytest.fixture(scope="session")
async def standing_auth(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> AsyncGenerator[StandingAuth, None]:
    standing = StandingAuth(auth_database, settings)
    async with standing.running():
        yield standing


@pytest.fixture
async def auth(standing_auth: StandingAuth) -> AsyncGenerator[Auth, None]:
    """The service on one connection that is rolled back: one request at a time."""
    async with standing_auth.rolled_back() as auth:
        yield auth


@pytest.fixture
async def parallel_auth(standing_auth: StandingAuth) -> AsyncGenerator[Auth, None]:
    """The service on a pool of connections: parallel requests, everything committed."""
    async with standing_auth.committed() as auth:
        yield auth


@pytest.fixture
def another_auth(auth_database: ServiceDatabase, settings: AuthSettings) -> AnotherAuth:
    @asynccontextmanager
    async def start(
        *,
        committed: bool = False,
        clock: HandClock | None = None,
        passwords: PasswordHashing | None = None,
    ) -> AsyncGenerator[Auth, None]:
        database = auth_database.committed() if committed else auth_database.rolled_back()
        async with database as db, running(settings, db, clock=clock, passwords=passwords) as auth:
            yield auth

    return start


@pytest.fixture
async def connected(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> AsyncGenerator[ConnectedServices, None]:
    """The service on a real socket, with other services that store data of its players."""
    async with start_connected_services(auth_database, settings, HandClock()) as connected:
        yield connected
