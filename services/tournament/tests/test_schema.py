"""Every address under odd input, against what the OpenAPI document promises of its answers."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig

from services.tournament.tests.matchmaking.lobby import app_of
from tests.fixtures.cast import Person, SigningKey
from tests.fixtures.sockets import served
from transcendence_common.clock import utc_now

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
STAY_OPEN = (
    "GET /api/tournament/events",
    "GET /api/tournament/tournaments/{tournament_id}/events",
)
EXAMPLES = 15
SEED = 1972
LIMIT_SECONDS = 240


@pytest.fixture
async def url(
    pooled_db: SQLAlchemyAsyncConfig, signing_key: SigningKey
) -> AsyncGenerator[str, None]:
    async with served(app_of(pooled_db, signing_key, utc_now)) as url:
        yield url


async def test_nobody_finds_an_answer_that_is_not_in_the_document(url: str, tmp_path: Path) -> None:
    await _search(url, tmp_path)


@pytest.mark.parametrize("roles", [(), ("player",)])
async def test_nor_does_somebody_who_is_signed_in(
    url: str, tmp_path: Path, signing_key: SigningKey, roles: tuple[str, ...]
) -> None:
    alice = Person("Alice", signing_key, roles=roles)
    await _search(
        url, tmp_path, *(f"--header={name}:{value}" for name, value in alice.headers.items())
    )


async def _search(url: str, folder: Path, *headers: str) -> None:
    """Run the searcher as a program of its own: it is not asynchronous, and the service answers from this loop."""
    search = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{url}/api/tournament/schema",
        f"--checks={','.join(CHECKS)}",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        "--phases=examples,coverage,fuzzing",
        "--generation-database=none",
        "--suppress-health-check=all",
        "--warnings=off",
        "--continue-on-failure",
        "--no-color",
        *(f"--exclude-name={address}" for address in STAY_OPEN),
        *headers,
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
