"""Every address under odd input, against what the OpenAPI document promises of its answers."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from auth.settings import AuthSettings
from services.auth.tests.people import sign_up
from services.auth.tests.service_under_test import Auth
from services.auth.tests.town import town_of
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.schema_search import search
from transcendence_common.clock import utc_now

pytestmark = pytest.mark.thorough

ENDS_THE_SESSION = ("POST /api/user/deletion", "POST /api/user/logout")
"""Each is searched alone: after it, all that is left to find is 401."""
STAYS_OPEN = "GET /api/user/events"


@pytest.fixture
async def auth_in_time(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> AsyncGenerator[Auth, None]:
    """The service with a clock that goes by itself: what was tried too often may be tried again."""
    async with town_of(auth_database, settings, utc_now) as town:
        yield town.auth


async def test_nobody_finds_an_answer_that_is_not_in_the_document(
    auth_in_time: Auth, tmp_path: Path
) -> None:
    await search(_document_of(auth_in_time), tmp_path, f"--exclude-name={STAYS_OPEN}")


async def test_nor_does_somebody_who_is_signed_in(auth_in_time: Auth, tmp_path: Path) -> None:
    alice = await sign_up(auth_in_time, "Alice")
    excluded = (f"--exclude-name={name}" for name in (STAYS_OPEN, *ENDS_THE_SESSION))
    await search(_document_of(auth_in_time), tmp_path, *excluded, headers=alice.headers)


@pytest.mark.parametrize("operation", ENDS_THE_SESSION)
async def test_nor_does_somebody_who_leaves(
    auth_in_time: Auth, tmp_path: Path, operation: str
) -> None:
    alice = await sign_up(auth_in_time, "Alice")
    only = f"--include-name={operation}"
    await search(_document_of(auth_in_time), tmp_path, only, headers=alice.headers)


def _document_of(auth: Auth) -> str:
    return f"{auth.client.base_url}/api/user/schema"
