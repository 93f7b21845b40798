"""Every address under odd input, against what the OpenAPI document promises of its answers."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from auth.settings import AuthSettings
from services.auth.tests.people import Somebody, somebody
from services.auth.tests.service_under_test import Auth
from services.auth.tests.town import town_of
from tests.fixtures.databases import ServiceDatabase
from transcendence_common.clock import utc_now

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
ENDS_THE_SESSION = ("POST /api/user/deletion", "POST /api/user/logout")
"""Each is searched alone: after it, all that is left to find is 401."""
STAYS_OPEN = "GET /api/user/events"
EXAMPLES = 15
SEED = 1972
LIMIT_SECONDS = 240


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
    await _search(auth_in_time, tmp_path, f"--exclude-name={STAYS_OPEN}")


async def test_nor_does_somebody_who_is_signed_in(auth_in_time: Auth, tmp_path: Path) -> None:
    alice = await somebody(auth_in_time, "Alice")
    excluded = (f"--exclude-name={name}" for name in (STAYS_OPEN, *ENDS_THE_SESSION))
    await _search(auth_in_time, tmp_path, *excluded, person=alice)


@pytest.mark.parametrize("operation", ENDS_THE_SESSION)
async def test_nor_does_somebody_who_leaves(
    auth_in_time: Auth, tmp_path: Path, operation: str
) -> None:
    alice = await somebody(auth_in_time, "Alice")
    await _search(auth_in_time, tmp_path, f"--include-name={operation}", person=alice)


async def _search(auth: Auth, folder: Path, *which: str, person: Somebody | None = None) -> None:
    """Run the searcher as a program of its own: it is not asynchronous, and the service answers from this loop."""
    headers = person.headers if person else {}
    search = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{auth.client.base_url}/api/user/schema",
        f"--checks={','.join(CHECKS)}",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        "--phases=examples,coverage,fuzzing",
        "--generation-database=none",
        "--suppress-health-check=all",
        "--warnings=off",
        "--continue-on-failure",
        "--no-color",
        *which,
        *(f"--header={name}:{value}" for name, value in headers.items()),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            output, _ = await search.communicate()
    finally:
        if search.returncode is None:
            search.kill()
    assert search.returncode == 0, output.decode()
