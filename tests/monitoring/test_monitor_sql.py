"""ops/postgres/monitor.sql, which creates an exporter's role in a container's
database, run as its job runs it."""

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
# PostgreSQL's own function takes a bigint, so this one is a better match for the call; the search
# path has the other one first.
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


def create_monitor_role(server: TemporaryCluster, folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    job = folder / "monitor.sql"
    job.write_text(SQL.read_text().replace(SECRET, str(password)))
    psql = (wheel_folder() / "bin" / "psql", "--no-psqlrc", "--quiet", "--file", job)
    done = subprocess.run(
        [*psql, server.cluster.url("auth_db")], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_the_script_may_run_again_and_the_monitor_can_connect(
    server: TemporaryCluster, tmp_path: Path
) -> None:
    for _ in range(2):
        create_monitor_role(server, tmp_path)
    monitor = await asyncpg.connect(server.cluster.url("auth_db", "monitor", PASSWORD))
    assert await monitor.fetchval("SHOW search_path") == "pg_catalog"
    assert await monitor.fetchval("SHOW transaction_read_only") == "on"
    await monitor.close()


async def test_objects_of_a_service_never_run_as_superuser(
    server: TemporaryCluster, tmp_path: Path
) -> None:
    service = await asyncpg.connect(server.urls["auth"])
    await service.execute(TRAPS)
    create_monitor_role(server, tmp_path)
    assert not await service.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = 'auth'")
    await service.close()
