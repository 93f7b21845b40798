"""PostgreSQL through advanced-alchemy on asyncpg: one session a request, committed at the edge."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from advanced_alchemy.config import AsyncSessionConfig
from advanced_alchemy.extensions.litestar import (
    AlembicAsyncConfig,
    EngineConfig,
    SQLAlchemyAsyncConfig,
)
from advanced_alchemy.extensions.litestar._utils import (
    delete_aa_scope_state,
    get_aa_scope_state,
)
from alembic.config import Config
from alembic.script import ScriptDirectory
from litestar.types import Message, Scope
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from transcendence_common.problems import Problem
from transcendence_common.settings import PostgresUrl

VERSION_TABLE = "alembic_version"
POOL_TIMEOUT_SECONDS = 5
CONNECT_TIMEOUT_SECONDS = 3
STATEMENT_TIMEOUT_MILLISECONDS = 10_000
SUCCESS = range(200, 300)

logger = structlog.get_logger("transcendence.database")


class NotSaved(Problem):
    """The database refused at the very end; nothing was stored."""

    code = "not_saved"
    status = 503
    title_text = "Not saved"


class MigrationsPending(Exception):
    """The database is not at the version that this code needs."""


def database(
    url: PostgresUrl, *, service: str, migrations: Path, pool_size: int
) -> SQLAlchemyAsyncConfig:
    """Return the configuration of a service's own database.

    Args:
        url: where it is.
        service: name of the service: its models' `__bind_key__`, and how PostgreSQL shows its connections.
        migrations: folder of the service's Alembic scripts.
        pool_size: connections held; there is no overflow, because reconnecting under load halves throughput.
    """
    return _committing_at_the_edge(
        SQLAlchemyAsyncConfig(
            connection_string=url.get_secret_value(),
            bind_key=service,
            engine_config=EngineConfig(
                pool_size=pool_size,
                max_overflow=0,
                pool_timeout=POOL_TIMEOUT_SECONDS,
                pool_pre_ping=True,
                connect_args={
                    "timeout": CONNECT_TIMEOUT_SECONDS,
                    "server_settings": {
                        "application_name": service,
                        "statement_timeout": str(STATEMENT_TIMEOUT_MILLISECONDS),
                    },
                },
            ),
            session_config=AsyncSessionConfig(expire_on_commit=False),
            alembic_config=_alembic(migrations),
            set_default_exception_handler=False,
        )
    )


def database_on(
    connection: AsyncConnection, *, service: str, migrations: Path
) -> SQLAlchemyAsyncConfig:
    """Return a configuration whose sessions all live inside one open transaction: for tests that roll back."""
    return _committing_at_the_edge(
        SQLAlchemyAsyncConfig(
            engine_instance=connection.engine,
            bind_key=service,
            session_config=AsyncSessionConfig(
                bind=connection,
                expire_on_commit=False,
                join_transaction_mode="create_savepoint",
            ),
            alembic_config=_alembic(migrations),
            set_default_exception_handler=False,
        )
    )


def readiness_check(config: SQLAlchemyAsyncConfig) -> Callable[[], Awaitable[None]]:
    """Return a check that the database answers and is migrated to this code's version."""
    scripts = ScriptDirectory.from_config(_alembic_ini(config.alembic_config.script_location))
    head = scripts.get_current_head()
    statement = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant

    async def check() -> None:
        async with config.get_engine().connect() as connection:
            found = await connection.scalar(statement)
        if found != head:
            raise MigrationsPending(f"database at {found}, code needs {head}")

    return check


def _alembic(migrations: Path) -> AlembicAsyncConfig:
    return AlembicAsyncConfig(
        script_location=str(migrations),
        version_table_name=VERSION_TABLE,
        render_as_batch=False,
        compare_type=True,
    )


def _alembic_ini(script_location: str) -> Config:
    config = Config()
    config.set_main_option("script_location", script_location)
    return config


def _committing_at_the_edge(config: SQLAlchemyAsyncConfig) -> SQLAlchemyAsyncConfig:
    config.before_send_handler = _commit_handler(config.session_scope_key)
    return config


def _commit_handler(session_key: str) -> Callable[[Message, Scope], Awaitable[None]]:
    """Commit before a success leaves, roll back otherwise.

    advanced-alchemy's own autocommit swallows a commit that fails, so the caller would read 201 for a row that
    does not exist (a deferred constraint or a lost connection is enough). Here a failed commit becomes a 503.
    """

    async def handler(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        session: AsyncSession | None = get_aa_scope_state(scope, session_key)
        if session is None:
            return
        # Taken away first: the answer to a failed commit comes through here as well.
        delete_aa_scope_state(scope, session_key)
        async with session:
            if message["status"] in SUCCESS:
                await _commit(session)

    return handler


async def _commit(session: AsyncSession) -> None:
    try:
        await session.commit()
    except (SQLAlchemyError, OSError) as error:
        logger.exception("commit failed", **{"event.action": "commit-failed"})
        raise NotSaved("Nothing was stored; please try again.") from error
