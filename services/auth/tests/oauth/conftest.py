from collections.abc import AsyncGenerator, Iterator

import pytest

from services.auth.tests.oauth.visitors import Visits, settings_with
from services.auth.tests.service_under_test import running
from tests.fixtures.databases import ServiceDatabase
from tests.stand_ins.providers import StandInProviders


@pytest.fixture(scope="session")
def running_providers() -> Iterator[StandInProviders]:
    with StandInProviders().running() as providers:
        yield providers


@pytest.fixture
def providers(running_providers: StandInProviders) -> StandInProviders:
    """Honest at first."""
    running_providers.lies.clear()
    running_providers.id_claims.clear()
    running_providers.asked.clear()
    return running_providers


@pytest.fixture
async def visits(
    auth_database: ServiceDatabase, providers: StandInProviders
) -> AsyncGenerator[Visits, None]:
    """One request at a time; rolled back."""
    settings = settings_with(auth_database.url, providers)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        yield Visits(auth, providers)


@pytest.fixture
async def parallel_visits(
    auth_database: ServiceDatabase, providers: StandInProviders
) -> AsyncGenerator[Visits, None]:
    """Requests side by side; everything committed."""
    settings = settings_with(auth_database.url, providers)
    async with auth_database.committed() as db, running(settings, db) as auth:
        yield Visits(auth, providers)
