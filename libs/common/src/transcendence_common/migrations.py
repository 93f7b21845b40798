"""Runs a service's Alembic scripts in one transaction, one runner at a time."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from advanced_alchemy.alembic.commands import AlembicCommands
from advanced_alchemy.base import metadata_registry
from alembic import context
from sqlalchemy import Connection, text

from transcendence_common.database import configure_database
from transcendence_common.settings import PostgresUrl

if TYPE_CHECKING:
    from advanced_alchemy.alembic.commands import AlembicCommandConfig
    from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATION_LOCK_KEY = 7_052_026
"""Key of the advisory lock: two jobs started at once wait for each other instead of failing halfway."""


def migrate_database(service: str, url: PostgresUrl) -> None:
    """Migrate a service's database to the schema of this version of its code."""
    config = configure_database(url, service=service, migrations=_folder_of(service), pool_size=1)
    AlembicCommands(config).upgrade()


def run_migrations() -> None:
    """Migrate the database to the requested revision. Call it from `env.py`, outside any event loop."""
    config = cast("AlembicCommandConfig", context.config)
    asyncio.run(_run_with_engine(config))


def _folder_of(service: str) -> Path:
    return Path(str(import_module(service).__file__)).parent / "migrations"


async def _run_with_engine(config: "AlembicCommandConfig") -> None:
    engine = cast("AsyncEngine", config.engine)
    async with engine.connect() as connection:
        await connection.run_sync(_run_on_connection, config)
    await engine.dispose()


def _run_on_connection(connection: Connection, config: "AlembicCommandConfig") -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata_registry.get(config.bind_key),
        version_table=config.version_table_name,
        compare_type=config.compare_type,
        include_name=_is_own_object,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK_KEY})"))
        context.run_migrations()


def _is_own_object(name: str | None, kind: str, _: object) -> bool:
    """Tell whether a table is the service's own.

    pgqueuer's tables of the outbox come from migrations and have no models.
    """
    return kind != "table" or name is None or not name.startswith("pgqueuer")
