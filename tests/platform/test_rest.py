"""An idle platform sends its databases at most 60 statements a minute."""

import asyncio
import sys

import asyncpg
import pytest

from launcher.up import SUPERUSER_SECRET
from tests.fixtures.launched import LaunchedPlatform, launched_platform
from tests.fixtures.ports import HOST

pytestmark = pytest.mark.drill

SETTLED_SECONDS = 45
MINUTE_SECONDS = 60
MOST_STATEMENTS = 60


async def test_an_idle_platform_sends_at_most_sixty_statements_a_minute(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with launched_platform({}) as platform:
        await log_statements(platform)
        await asyncio.sleep(SETTLED_SECONDS)
        log = platform.logs / "postgres.log"
        before = statements_in(log.read_text())
        await asyncio.sleep(MINUTE_SECONDS)
        statements = statements_in(log.read_text()) - before
    with capsys.disabled():
        sys.stdout.write(f"\n{statements} statements in a minute at rest\n")
    assert 0 < statements <= MOST_STATEMENTS


async def log_statements(platform: LaunchedPlatform) -> None:
    password = (platform.clone / ".state" / "secrets" / SUPERUSER_SECRET).read_text().strip()
    address = f"postgresql://postgres:{password}@{HOST}:{platform.ports.postgres}/postgres"
    connection = await asyncpg.connect(address)
    await connection.execute("ALTER SYSTEM SET log_statement = 'all'")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def statements_in(log: str) -> int:
    return log.count(" LOG:  statement: ") + log.count(" LOG:  execute ")
