from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from history.app import MIGRATIONS as HISTORY_MIGRATIONS
from launcher.temporary import TemporaryCluster
from tests.fixtures.cast import SigningKey
from tests.fixtures.databases import ServiceDatabase
from tests.netcode.ground import Ground, ground_on
from tests.netcode.laboratory import Laboratory
from tests.netcode.setting import laboratory_with_neighbours
from tournament.app import MIGRATIONS as TOURNAMENT_MIGRATIONS


@pytest.fixture(scope="session")
def live_databases(postgres: TemporaryCluster) -> dict[str, ServiceDatabase]:
    migrations = {"history": HISTORY_MIGRATIONS, "tournament": TOURNAMENT_MIGRATIONS}
    return {
        name: ServiceDatabase(postgres.urls[name], service=name, migrations=folder)
        for name, folder in migrations.items()
    }


@pytest.fixture
async def laboratory(
    live_databases: dict[str, ServiceDatabase], signing_key: SigningKey, tmp_path: Path
) -> AsyncGenerator[Laboratory, None]:
    async with laboratory_with_neighbours(live_databases, signing_key, tmp_path) as setting:
        yield setting.laboratory


@pytest.fixture
async def ground(
    live_databases: dict[str, ServiceDatabase], signing_key: SigningKey, tmp_path: Path
) -> AsyncGenerator[Ground, None]:
    """A gateway before two replicas, which the test starts itself."""
    async with ground_on(live_databases, signing_key, tmp_path) as ground:
        yield ground
