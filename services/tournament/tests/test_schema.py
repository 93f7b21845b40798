"""Generated requests at every address get only answers that the OpenAPI document declares."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from services.tournament.tests.service_under_test import app_of
from tests.fixtures.cast import KEY, Person, SigningKey
from tests.fixtures.schema_search import search
from tests.fixtures.sockets import served
from transcendence_common.clock import utc_now

pytestmark = pytest.mark.thorough

STAY_OPEN = (
    "GET /api/tournament/events",
    "GET /api/tournament/tournaments/{tournament_id}/events",
)
EXCLUDED = tuple(f"--exclude-name={operation}" for operation in STAY_OPEN)


@pytest.fixture
async def url(
    pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[str, None]:
    async with served(app_of(pooled_db, signing_key, utc_now)) as url:
        yield url


async def test_anonymous_requests_get_documented_answers(url: str, tmp_path: Path) -> None:
    await search(f"{url}/api/tournament/schema", tmp_path, *EXCLUDED)


async def test_requests_of_a_player_get_documented_answers(url: str, tmp_path: Path) -> None:
    headers = Person("Alice", KEY, roles=("player",)).headers
    await search(f"{url}/api/tournament/schema", tmp_path, *EXCLUDED, headers=headers)
