from collections.abc import AsyncGenerator

import pytest
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig

from services.tournament.tests.pairings.playing import Court
from services.tournament.tests.tournaments.organising import hall_of
from tests.fixtures.cast import SigningKey


@pytest.fixture
async def court(db: SQLAlchemyAsyncConfig, signing_key: SigningKey) -> AsyncGenerator[Court, None]:
    """The service on one connection that is rolled back: one request at a time."""
    async with hall_of(db, signing_key) as hall:
        yield Court(hall)


@pytest.fixture
async def busy_court(
    pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[Court, None]:
    """The service on a pool of connections: requests side by side, everything committed."""
    async with hall_of(pooled_db, signing_key) as hall:
        yield Court(hall)
