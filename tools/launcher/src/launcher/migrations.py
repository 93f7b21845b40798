"""Migrates the databases to the schema of this version of the code, if they have another one.

Alembic is loaded only for a database that differs.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from launcher.errors import START_AFRESH, LaunchError
from launcher.steps import run_step
from transcendence_common.revisions import read_revisions

CONNECT_LIMIT_SECONDS = 10


class SchemaFromTheFuture(LaunchError):
    def __init__(self, service: str, revision: str) -> None:
        super().__init__(
            f"The database of {service} has the schema {revision}, which this version of the code "
            f"does not know: update the clone, or {START_AFRESH}"
        )


class DatabaseUnreachable(LaunchError):
    def __init__(self, service: str, reason: str) -> None:
        super().__init__(
            f"The database of {service} cannot be reached ({reason}): check "
            f"{service.upper()}_DATABASE_URL"
        )


async def migrate_database(
    service: str, clone: Path, url: str, environment: Mapping[str, str], log: Path
) -> bool:
    """Upgrade one service's database; return False if it is up to date.

    Raises SchemaFromTheFuture, DatabaseUnreachable or StepFailed.
    """
    revisions = read_revisions(clone / "services" / service / "src" / service / "migrations")
    current = await _current_revisions(service, url)
    if unknown := current - revisions.known:
        raise SchemaFromTheFuture(service, min(unknown))
    if current == revisions.heads:
        return False
    await run_step(
        f"Migrating the database of {service}",
        [
            *(sys.executable, "-P", "-m", service, "migrate"),
        ],
        directory=clone / "services" / service,
        log=log,
        environment=environment,
    )
    return True


async def _current_revisions(service: str, url: str) -> frozenset[str]:
    plain = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    try:
        connection = await asyncpg.connect(plain, timeout=CONNECT_LIMIT_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnreachable(service, str(error) or type(error).__name__) from error
    try:
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return frozenset()
    finally:
        await connection.close()
    return frozenset(str(row["version_num"]) for row in rows)
