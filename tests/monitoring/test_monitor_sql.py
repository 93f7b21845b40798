"""What lets an exporter into a container's database, ops/postgres/monitor.sql, run as its job there runs it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from launcher.postgres import wheel_folder
from launcher.temporary import TemporaryCluster, temporary_cluster

SQL = Path(__file__).parents[2] / "ops" / "postgres" / "monitor.sql"
SECRET = "/run/secrets/monitor_password"
PASSWORD = "it's a \\ password"
# PostgreSQL's own takes a bigint, so this one fits what is asked with better; the other comes first on the path.
TRAPS = """
ALTER DATABASE auth_db SET search_path = public, pg_catalog;
CREATE FUNCTION pg_advisory_xact_lock(integer) RETURNS void LANGUAGE plpgsql
  AS $$ BEGIN EXECUTE 'ALTER ROLE auth SUPERUSER'; END $$;
CREATE FUNCTION hashtext(text) RETURNS integer LANGUAGE plpgsql
  AS $$ BEGIN EXECUTE 'ALTER ROLE auth SUPERUSER'; RETURN 1; END $$;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[TemporaryCluster]:
    with temporary_cluster() as server:
        yield server


def let_in(server: TemporaryCluster, folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    job = folder / "monitor.sql"
    job.write_text(SQL.read_text().replace(SECRET, str(password)))
    psql = (wheel_folder() / "bin" / "psql", "--no-psqlrc", "--quiet", "--file", job)
    done = subprocess.run(
        [*psql, server.cluster.url("auth_db")], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_it_may_run_again_and_lets_the_monitor_in(
    server: TemporaryCluster, tmp_path: Path
) -> None:
    for _ in range(2):
        let_in(server, tmp_path)
    monitor = await asyncpg.connect(server.cluster.url("auth_db", "monitor", PASSWORD))
    assert await monitor.fetchval("SHOW search_path") == "pg_catalog"
    assert await monitor.fetchval("SHOW transaction_read_only") == "on"
    await monitor.close()


async def test_nothing_that_a_service_left_in_its_database_runs_as_superuser(
    server: TemporaryCluster, tmp_path: Path
) -> None:
    service = await asyncpg.connect(server.urls["auth"])
    await service.execute(TRAPS)
    let_in(server, tmp_path)
    assert not await service.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = 'auth'")
    await service.close()
