"""A database exporter's role may read server statistics, but no row of a table."""

import asyncio

import asyncpg
import pytest

from tests.compose.containers import SERVICES
from tests.compose.monitoring.running import Monitoring
from tests.platform.players import gateway_client, register

ROLE = "monitor"
POWERS = ("rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls")
# Exits with the status of the first job that failed.
EIGHT_AT_ONCE = """
for each in 1 2 3 4 5 6 7 8; do sh -c "$1" & pids="$pids $!"; done
for pid in $pids; do wait "$pid" || exit; done
"""
OTHER_DATABASES = ("postgres", "template1")


async def connect(watched: Monitoring, service: str, **other: str) -> asyncpg.Connection:
    password = (watched.platform.secrets / f"{service}_database_monitor_password").read_text()
    chosen = {"user": ROLE, "password": password, **other}
    return await asyncpg.connect(watched.platform.database_url(service), **chosen)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_monitor_role_sees_server_statistics(watched: Monitoring, service: str) -> None:
    connection = await connect(watched, service)
    # The service's own connections, whose statements are hidden from roles without the privilege.
    seen = await connection.fetch(
        "SELECT query FROM pg_stat_activity WHERE usename = $1 AND query <> ''", service
    )
    await connection.close()
    assert seen
    assert all("insufficient privilege" not in row["query"] for row in seen)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_monitor_role_cannot_read_or_write_a_row(
    watched: Monitoring, service: str
) -> None:
    connection = await connect(watched, service)
    tables = await connection.fetch(
        "SELECT 'public.' || quote_ident(relname) AS name FROM pg_class"
        " WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace"
    )
    assert tables
    for table in tables:
        for attempt in (f"TABLE {table['name']}", f"DELETE FROM {table['name']}"):  # noqa: S608
            with pytest.raises(
                (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)
            ):
                await connection.execute(attempt)
    await connection.execute("SET default_transaction_read_only = off")
    for attempt in (
        "CREATE TABLE public.mine ()",
        "CREATE TEMP TABLE mine ()",
        "CREATE SCHEMA mine",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(attempt)
    await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_the_monitor_role_has_no_other_privileges(watched: Monitoring, service: str) -> None:
    connection = await connect(watched, service)
    role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
    await connection.close()
    assert role is not None
    assert [role[power] for power in POWERS] == [False] * len(POWERS)
    assert 0 < role["rolconnlimit"] <= 5
    for database in OTHER_DATABASES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connect(watched, service, database=database)


async def test_the_monitor_role_needs_its_password(watched: Monitoring) -> None:
    other = (watched.platform.secrets / "history_database_monitor_password").read_text()
    for password in ("guessed", other):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await connect(watched, "auth", password=password)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_backup_can_be_restored_where_the_monitor_role_is_missing(
    watched: Monitoring, service: str
) -> None:
    """A grant to a missing role would fail in a restore, together with the statement that revokes
    the database from PUBLIC."""
    connection = await connect(watched, service)
    grants = await connection.fetchval(
        "SELECT datacl::text FROM pg_database WHERE datname = current_database()"
    )
    await connection.close()
    assert "pg_monitor=c/" in grants
    assert f",{ROLE}=" not in grants
    assert ",=" not in grants


async def test_the_role_job_may_run_again_and_in_parallel(watched: Monitoring) -> None:
    job = watched.platform.all_containers()["auth_monitor_role-1"]["Config"]["Cmd"][-1]
    run = ("--profile", "monitoring", "run", "--rm", "--no-deps", "auth_monitor_role")
    await asyncio.to_thread(watched.platform.compose, *run, "sh", "-c", EIGHT_AT_ONCE, "sh", job)
    await (await connect(watched, "auth")).close()


async def test_a_new_password_applies_at_the_next_start(watched: Monitoring) -> None:
    platform, name = watched.platform, "auth_database_monitor_password"
    before = (platform.secrets / name).read_text()
    delete = ("run", "--rm", "setup", "rm", f"/secrets/all/{name}")
    await asyncio.to_thread(platform.compose, *delete)
    await asyncio.to_thread(restart, watched)
    await asyncio.to_thread(platform.copy_secrets)
    assert (platform.secrets / name).read_text() != before
    await (await connect(watched, "auth")).close()


def restart(watched: Monitoring) -> None:
    """Restart the exporter and the job that it depends on."""
    exporter = ("--force-recreate", "auth_db_exporter")
    watched.platform.compose("--profile", "monitoring", "up", "--wait", *exporter)


async def test_database_metrics_contain_no_player_names(watched: Monitoring) -> None:
    async with gateway_client(watched.platform) as client:
        player = await register(client)
    for service in SERVICES:
        url = "http://127.0.0.1:9187/metrics"
        container = watched.platform.container(f"{service}_db_exporter")
        told = watched.platform.run_in(container, "wget", "-q", "-O", "-", url).stdout
        assert "pg_up 1" in told
        assert player.username not in told
