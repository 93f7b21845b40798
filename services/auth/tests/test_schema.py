"""Generated requests at every address get only answers that the OpenAPI document declares."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from auth.settings import AuthSettings
from services.auth.tests.connected_services import start_connected_services
from services.auth.tests.people import sign_up
from services.auth.tests.service_under_test import Auth
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.schema_search import search
from transcendence_common.clock import utc_now

pytestmark = pytest.mark.thorough

ENDS_THE_SESSION = ("POST /api/user/deletion", "POST /api/user/logout")
"""Operations that end the session. Each is searched separately: after
it, everything answers 401."""
STAYS_OPEN = "GET /api/user/events"


@pytest.fixture
async def auth_in_time(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> AsyncGenerator[Auth, None]:
    """The service with a running clock, so that throttled requests can be repeated later."""
    async with start_connected_services(auth_database, settings, utc_now) as connected:
        yield connected.auth


async def test_anonymous_requests_get_documented_answers(
    auth_in_time: Auth, tmp_path: Path
) -> None:
    await search(_document_of(auth_in_time), tmp_path, f"--exclude-name={STAYS_OPEN}")


async def test_requests_of_a_player_get_documented_answers(
    auth_in_time: Auth, tmp_path: Path
) -> None:
    alice = await sign_up(auth_in_time, "Alice")
    excluded = (f"--exclude-name={name}" for name in (STAYS_OPEN, *ENDS_THE_SESSION))
    await search(_document_of(auth_in_time), tmp_path, *excluded, headers=alice.headers)


@pytest.mark.parametrize("operation", ENDS_THE_SESSION)
async def test_requests_that_end_the_session_get_documented_answers(
    auth_in_time: Auth, tmp_path: Path, operation: str
) -> None:
    alice = await sign_up(auth_in_time, "Alice")
    only = f"--include-name={operation}"
    await search(_document_of(auth_in_time), tmp_path, only, headers=alice.headers)


def _document_of(auth: Auth) -> str:
    return f"{auth.client.base_url}/api/user/schema"
