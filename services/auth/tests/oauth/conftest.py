from collections.abc import AsyncGenerator, Iterator

import pytest

from auth.oauth.providers import provider_http
from services.auth.tests.oauth.visitors import Visits, settings_with
from services.auth.tests.service_under_test import StandingAuth, running
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.patience import PATIENCE_SECONDS
from tests.stand_ins.providers import StandInProviders


@pytest.fixture(scope="session")
def running_providers() -> Iterator[StandInProviders]:
    with StandInProviders().running() as providers:
        yield providers


@pytest.fixture
def providers(
    running_providers: StandInProviders, monkeypatch: pytest.MonkeyPatch
) -> StandInProviders:
    """Honest providers. A visit may take as long as the tests' timeout, for slow machines."""
    monkeypatch.setattr(provider_http, "TOTAL_SECONDS", PATIENCE_SECONDS)
    running_providers.lies.clear()
    running_providers.id_claims.clear()
    running_providers.asked.clear()
    return running_providers


@pytest.fixture(scope="session")
async def standing_visits(
    auth_database: ServiceDatabase, running_providers: StandInProviders
) -> AsyncGenerator[StandingAuth, None]:
    """The service with the providers configured."""
    standing = StandingAuth(auth_database, settings_with(auth_database.url, running_providers))
    async with standing.running():
        yield standing


@pytest.fixture
async def visits(
    standing_visits: StandingAuth, providers: StandInProviders
) -> AsyncGenerator[Visits, None]:
    """Visits with one request at a time; rolled back."""
    async with standing_visits.rolled_back() as auth:
        yield Visits(auth, providers)


@pytest.fixture
async def parallel_visits(
    standing_visits: StandingAuth, providers: StandInProviders
) -> AsyncGenerator[Visits, None]:
    """Visits with parallel requests; everything committed."""
    async with standing_visits.committed() as auth:
        yield Visits(auth, providers)


@pytest.fixture
async def first_visits(
    auth_database: ServiceDatabase, providers: StandInProviders
) -> AsyncGenerator[Visits, None]:
    """Visits to a service that has just started and has not yet requested a provider's document."""
    settings = settings_with(auth_database.url, providers)
    async with auth_database.rolled_back() as db, running(settings, db) as auth:
        yield Visits(auth, providers)
