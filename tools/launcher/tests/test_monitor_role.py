"""The exporters' role: it sees statistics of the server, and none of the data."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from launcher.databases import (
    MONITOR_CONNECTIONS,
    MONITOR_ROLE,
    SERVICES,
    database_of,
    provision_databases,
)
from launcher.temporary import TemporaryCluster, temporary_cluster

PASSWORD = "it's a \\ password"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[TemporaryCluster]:
    with temporary_cluster() as server:
        # Twice, as two starts of the platform do. The second password applies.
        for password in ("another", PASSWORD):
            await provision_databases(server.cluster, passwords_of(server), password)
        yield server


@pytest.mark.parametrize("service", SERVICES)
async def test_the_monitor_enters_each_database_and_reads_no_table(
    server: TemporaryCluster, service: str
) -> None:
    owner = await asyncpg.connect(server.urls[service])
    await owner.execute("CREATE TABLE people (name text)")
    monitor = await asyncpg.connect(monitor_url(server, database_of(service)))
    assert await monitor.fetchval("SHOW transaction_read_only") == "on"
    # Missing rights must stop it, not a setting that it can change itself.
    await monitor.execute("SET default_transaction_read_only = off")
    for statement in (
        "SELECT * FROM public.people",
        "INSERT INTO public.people VALUES ('x')",
        "DROP TABLE public.people",
        "CREATE TABLE public.own (a int)",
        "CREATE TEMPORARY TABLE own (a int)",
        "CREATE SCHEMA own",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
        f"SET ROLE {service}",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await monitor.execute(statement)
    await monitor.close()
    await owner.execute("DROP TABLE people")
    await owner.close()


async def test_the_monitor_sees_the_queries_of_all_sessions(server: TemporaryCluster) -> None:
    history = await asyncpg.connect(server.urls["history"])
    await history.execute("SELECT 'of history'")
    monitor = await asyncpg.connect(monitor_url(server, "auth_db"))
    seen = await monitor.fetchval(
        "SELECT query FROM pg_stat_activity WHERE usename = 'history' AND state = 'idle'"
    )
    assert seen == "SELECT 'of history'"
    assert await monitor.fetchval("SELECT pg_database_size('tournament_db')") > 0
    await monitor.close()
    await history.close()


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_the_monitor_enters_no_other_database(
    server: TemporaryCluster, database: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(monitor_url(server, database))


async def test_the_monitor_has_a_limited_number_of_connections(server: TemporaryCluster) -> None:
    url = monitor_url(server, "auth_db")
    held = await asyncio.gather(*(asyncpg.connect(url) for _ in range(MONITOR_CONNECTIONS)))
    with pytest.raises(asyncpg.TooManyConnectionsError):
        await asyncpg.connect(url)
    await asyncio.gather(*(connection.close() for connection in held))


async def test_the_monitor_runs_no_code_of_a_service(
    server: TemporaryCluster,
) -> None:
    service = await asyncpg.connect(server.urls["auth"])
    await service.execute("ALTER DATABASE auth_db SET search_path = public, pg_catalog")
    await service.execute("CREATE VIEW pg_stat_activity AS SELECT 'of the service' AS query")
    await service.execute("GRANT SELECT ON pg_stat_activity TO PUBLIC")
    monitor = await asyncpg.connect(monitor_url(server, "auth_db"))
    queries = await monitor.fetch("SELECT query FROM pg_stat_activity")
    assert "of the service" not in {row["query"] for row in queries}
    await monitor.close()
    await service.execute("DROP VIEW public.pg_stat_activity")
    await service.execute("ALTER DATABASE auth_db RESET search_path")
    await service.close()


async def test_a_service_cannot_become_the_monitor(server: TemporaryCluster) -> None:
    connection = await asyncpg.connect(server.urls["auth"])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(f"SET ROLE {MONITOR_ROLE}")
    await connection.close()


def monitor_url(server: TemporaryCluster, database: str) -> str:
    return server.cluster.url(database, MONITOR_ROLE, PASSWORD)


def passwords_of(server: TemporaryCluster) -> dict[str, str]:
    return {name: server.urls[name].split(":")[2].split("@")[0] for name in SERVICES}
