"""PostgreSQL through advanced-alchemy on asyncpg: one session for each request, committed after the handler."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import asyncpg
import structlog
from advanced_alchemy.config import (
    AlembicAsyncConfig,
    AsyncSessionConfig,
    EngineConfig,
    SQLAlchemyAsyncConfig,
)
from litestar.di import NamedDependency, Provide
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect, ExceptionContext
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from transcendence_common import pools
from transcendence_common.outages import (
    DRIVER_ERRORS,
    UNWRITABLE_ENGINES,
    UNWRITABLE_SQLSTATES,
    DatabaseUnavailable,
    is_outage,
    sqlstate_of,
)
from transcendence_common.problems import Problem
from transcendence_common.revisions import read_revisions
from transcendence_common.settings import PostgresUrl

VERSION_TABLE = "alembic_version"
POOL_TIMEOUT_SECONDS = 5
CONNECT_TIMEOUT_SECONDS = 3
STATEMENT_TIMEOUT_MILLISECONDS = 10_000

_TRIAL_WRITE = text(
    "CREATE TEMPORARY TABLE trial_write ON COMMIT DROP AS"
    " SELECT repeat(number::text, 1000) FROM generate_series(1, 100) AS number"
)
"""More than one page, so that it does not fit into the free part of an existing file."""

logger = structlog.get_logger("transcendence.database")


class NotSaved(Problem):
    """The database refused the commit; nothing was stored."""

    code = "not_saved"
    status = 503
    title_text = "Not saved"


class TimedSession(AsyncSession):
    """A database session for one transaction, with the time of that transaction.

    Everything that the transaction reads and writes uses this one time.
    """

    now: datetime
    """UTC; set by `session_at` and by the dependency `db_session`."""


class MigrationsPending(Exception):
    """The database has an older schema than this code needs."""


class DatabaseReadOnly(Exception):
    """The database answers but accepts no writes."""


def configure_database(
    url: PostgresUrl,
    *,
    service: str,
    migrations: Path,
    pool_size: int,
    pool_timeout_seconds: int = POOL_TIMEOUT_SECONDS,
    server_settings: Mapping[str, str] | None = None,
) -> SQLAlchemyAsyncConfig:
    """Return the configuration of a service's own database.

    Args:
        url: its address.
        service: name of the service: its models' `__bind_key__`, and how PostgreSQL shows its connections.
        migrations: folder of the service's Alembic scripts.
        pool_size: connections held; there is no overflow, because reconnecting under load halves throughput.
        pool_timeout_seconds: how long a request waits for a connection before it gets a 503.
        server_settings: further PostgreSQL settings of each connection.
    """
    settings = {
        "application_name": service,
        "statement_timeout": str(STATEMENT_TIMEOUT_MILLISECONDS),
        **(server_settings or {}),
    }
    config = SQLAlchemyAsyncConfig(
        connection_string=url.get_secret_value(),
        bind_key=service,
        engine_config=EngineConfig(
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout_seconds,
            poolclass=pools.CountingPool,
            # Operators see the same name in the metrics and in PostgreSQL.
            pool_logging_name=settings["application_name"],
            # Errors are logged with their stack, which must not contain addresses and password hashes.
            hide_parameters=True,
            connect_args={"timeout": CONNECT_TIMEOUT_SECONDS, "server_settings": settings},
        ),
        session_config=AsyncSessionConfig(class_=TimedSession, expire_on_commit=False),
        alembic_config=_alembic_config(migrations),
    )
    engine = config.get_engine().sync_engine
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "checkout", _replace_closed_connection)
    event.listen(engine, "handle_error", _remove_values)
    event.listen(engine, "handle_error", _translate_outage, retval=True)
    pools.export_pool_metrics(engine)
    return config


def configure_database_on(
    connection: AsyncConnection, *, service: str, migrations: Path
) -> SQLAlchemyAsyncConfig:
    """Return a configuration whose sessions all share one open transaction, for tests that roll back."""
    return SQLAlchemyAsyncConfig(
        engine_instance=connection.engine,
        bind_key=service,
        session_config=AsyncSessionConfig(
            bind=connection,
            class_=TimedSession,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        ),
        alembic_config=_alembic_config(migrations),
    )


@asynccontextmanager
async def session_at(
    config: SQLAlchemyAsyncConfig, now: datetime
) -> AsyncGenerator[TimedSession, None]:
    """Open a session for its own transaction at the time `now`: committed at the end, rolled back on an error."""
    async with config.get_session() as session, session.begin():
        yield _with_time(session, now)


def session_dependency(config: SQLAlchemyAsyncConfig) -> Provide:
    """Return the dependency `db_session`: one transaction for each request, committed once the handler has returned.

    A handler that raises rolls back, so errors must be raised, never returned. advanced-alchemy's plugin for Litestar
    is not used: its autocommit swallows a failed commit, so the caller reads 201 for a row that does not exist (a
    deferred constraint or a lost connection is enough), and it imports Alembic. Litestar finishes a generator before it
    builds the answer, so here a failed commit becomes a 503.
    """

    async def provide_session(now: NamedDependency[datetime]) -> AsyncGenerator[TimedSession, None]:
        async with config.get_session() as session:
            yield _with_time(session, now)
            await _commit(session)

    return Provide(provide_session)


def readiness_check(config: SQLAlchemyAsyncConfig) -> Callable[[], Awaitable[None]]:
    """Return a check that the database answers, accepts writes and is migrated at least to this code's version.

    It writes only after a write has failed for lack of space, and only into a table that is never committed. A revision
    unknown to this code is a newer one: during a rolling update, the new version's migration has run and the old
    replicas still serve. Migrations only expand before they contract, so old replicas work, and are ready.
    """
    revisions = read_revisions(Path(config.alembic_config.script_location))
    older = revisions.known - revisions.heads
    needed = ", ".join(revisions.heads)
    version = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant
    statement = text(
        f"SELECT current_setting('transaction_read_only') = 'on' AS read_only, ({version}) AS version"
    )

    async def check() -> None:
        engine = config.get_engine()
        async with engine.connect() as connection:
            found = (await connection.execute(statement)).one()
            if found.read_only:
                raise DatabaseReadOnly
            if engine.sync_engine in UNWRITABLE_ENGINES:
                await connection.execute(_TRIAL_WRITE)
                UNWRITABLE_ENGINES.discard(engine.sync_engine)
        if found.version is None or found.version in older:
            raise MigrationsPending(f"database at {found.version}, code needs {needed}")

    return check


def _connect(
    dialect: Dialect, _: object, arguments: list[Any], options: dict[str, Any]
) -> DBAPIConnection:
    """Connect. Errors from the server become SQLAlchemy's, an unavailable server becomes DatabaseUnavailable."""
    try:
        return dialect.connect(*arguments, **options)
    except (*DRIVER_ERRORS, dialect.loaded_dbapi.Error) as error:
        if is_outage(error):
            raise DatabaseUnavailable from error
        raise


def _replace_closed_connection(dbapi_connection: DBAPIConnection, *_: object) -> None:
    """Make the pool open a new connection where the server has closed this one, for example by a restart.

    The driver knows as soon as the socket does. SQLAlchemy's own check (`pool_pre_ping`) costs three round trips for
    each request, a fifth of the time of a page of matches.
    """
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


def _remove_values(context: ExceptionContext) -> None:
    """Remove PostgreSQL's details from an error: `Key (email_key)=(…) already exists`, or the whole failing row.

    The driver's error and SQLAlchemy's two errors of it all contain them. The constraint's name stays.
    """
    translated = context.original_exception
    refusal = translated.__cause__
    if not isinstance(refusal, asyncpg.PostgresError) or not refusal.detail:
        return
    detail = f"\nDETAIL:  {refusal.detail}"
    refusal.detail = None
    for error in (translated, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(
                part.replace(detail, "") if isinstance(part, str) else part for part in error.args
            )


def _translate_outage(context: ExceptionContext) -> DatabaseUnavailable | None:
    if (
        context.engine is not None
        and sqlstate_of(context.original_exception) in UNWRITABLE_SQLSTATES
    ):
        UNWRITABLE_ENGINES.add(context.engine)
    return DatabaseUnavailable() if is_outage(context.original_exception) else None


def _alembic_config(migrations: Path) -> AlembicAsyncConfig:
    return AlembicAsyncConfig(
        script_location=str(migrations),
        version_table_name=VERSION_TABLE,
        render_as_batch=False,
        compare_type=True,
    )


def _with_time(session: AsyncSession, now: datetime) -> TimedSession:
    timed = cast("TimedSession", session)
    timed.now = now
    return timed


async def _commit(session: AsyncSession) -> None:
    try:
        await session.commit()
    except SQLAlchemyError as error:
        logger.exception(
            "commit failed", **{"event.action": "commit-failed", "event.outcome": "failure"}
        )
        raise NotSaved("Nothing was stored. Try again.") from error
