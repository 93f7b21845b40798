"""Creates three databases in one server, each open to its own role and, if monitored, to a role that sees no table."""

from collections.abc import Mapping

import asyncpg

from launcher.errors import START_AFRESH, LaunchError
from launcher.postgres import Cluster

SERVICES = ("auth", "history", "tournament")
# The same role as in containers: ops/postgres/monitor.sql.
MONITOR_ROLE = "monitor"
# The exporter of each database holds one connection, and a second one during a scrape; one more if a scrape hangs.
MONITOR_CONNECTIONS = 9


class PasswordsLost(LaunchError):
    def __init__(self) -> None:
        super().__init__(
            "PostgreSQL refuses the password in .state/secrets, which is not the one its data was "
            f"created with: put the old file back, or {START_AFRESH}"
        )


class ProvisioningRefused(LaunchError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"PostgreSQL cannot create the roles and databases: {reason} (log: .state/logs/postgres.log)"
        )


def database_of(service: str) -> str:
    return f"{service}_db"


def database_urls(cluster: Cluster, passwords: Mapping[str, str]) -> dict[str, str]:
    """Return `postgresql://…` of each service's database, with its own role."""
    return {name: cluster.url(database_of(name), name, passwords[name]) for name in SERVICES}


async def provision_databases(
    cluster: Cluster, passwords: Mapping[str, str], monitor_password: str | None = None
) -> None:
    """Create missing roles and databases, and set the roles' passwords.

    The monitoring role is created only if a password for it is given. Safe to repeat, also after an interruption.
    Raises PasswordsLost or ProvisioningRefused.
    """
    try:
        await _provision(cluster, passwords, monitor_password)
    except asyncpg.InvalidPasswordError:
        raise PasswordsLost from None
    except (asyncpg.PostgresError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise ProvisioningRefused(reason or type(error).__name__) from error


async def _provision(
    cluster: Cluster, passwords: Mapping[str, str], monitor_password: str | None
) -> None:
    connection = await asyncpg.connect(cluster.url())
    try:
        # Otherwise a failing statement would be logged with its password.
        await connection.execute("SET log_min_error_statement = 'panic'")
        await connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        for service in SERVICES:
            await _provision_role(connection, service, passwords[service])
            await _provision_database(connection, service)
        if monitor_password is not None:
            await _provision_monitor(connection, monitor_password)
    finally:
        await connection.close()


async def _provision_role(
    connection: "asyncpg.Connection[asyncpg.Record]", role: str, password: str
) -> None:
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    statement = await connection.fetchval(
        "SELECT format('%s ROLE %I LOGIN PASSWORD %L', $1::text, $2::text, $3::text)",
        "ALTER" if exists else "CREATE",
        role,
        password,
    )
    await connection.execute(statement)


async def _provision_database(
    connection: "asyncpg.Connection[asyncpg.Record]", service: str
) -> None:
    name = database_of(service)
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{service}"')
    await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')


async def _provision_monitor(
    connection: "asyncpg.Connection[asyncpg.Record]", password: str
) -> None:
    await _provision_role(connection, MONITOR_ROLE, password)
    await connection.execute(f"ALTER ROLE {MONITOR_ROLE} CONNECTION LIMIT {MONITOR_CONNECTIONS}")
    await connection.execute(f"ALTER ROLE {MONITOR_ROLE} SET default_transaction_read_only = on")
    # Objects that a service creates in its own database must not run with this role's rights.
    await connection.execute(f"ALTER ROLE {MONITOR_ROLE} SET search_path = pg_catalog")
    await connection.execute(f"ALTER ROLE {MONITOR_ROLE} SET statement_timeout = '5s'")
    await connection.execute(f"GRANT pg_monitor TO {MONITOR_ROLE}")
    for service in SERVICES:
        await connection.execute(
            f'GRANT CONNECT ON DATABASE "{database_of(service)}" TO {MONITOR_ROLE}'
        )
