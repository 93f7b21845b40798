"""Reads that skip SQLAlchemy: the page of a player's matches costs a third of what Core takes for it.

They begin no transaction, so one statement is one round trip, and hold a connection no longer than that.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol, cast

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from transcendence_common.outages import DRIVER_ERRORS, DatabaseAway, is_outage

Row = Sequence[Any]
"""A row of asyncpg. The driver knows no static types; who unpacks a row names them."""


class Reads(ABC):
    """Where rows come from."""

    @abstractmethod
    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read; `$1` in the statement is the first argument.

        The statement must be one of few: the connection keeps a plan for each text that it is given.
        """


class SessionReads(Reads):
    """Reads inside a session's transaction: they see what it has written."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read."""
        return await _fetch(await self._session.connection(), statement, arguments)


class PoolReads(Reads):
    """Reads for requests that write nothing: a connection for each, and no session around it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read."""
        raw = await self._engine.raw_connection()
        try:
            return await _fetch_from(raw.driver_connection, statement, arguments)
        finally:
            # Needs no await: no transaction was begun that the pool would have to roll back.
            raw.close()


class ConnectionReads(Reads):
    """Reads on one open connection: what tests that roll back have in place of a pool."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read."""
        return await _fetch(self._connection, statement, arguments)


def reads_of(config: SQLAlchemyAsyncConfig) -> Reads:
    """Return the reads of a database, in its pool or in the one connection that it was given."""
    bind = config.session_config.bind
    if isinstance(bind, AsyncConnection):
        return ConnectionReads(bind)
    return PoolReads(config.get_engine())


async def fetch_one(reads: Reads, statement: str, *arguments: object) -> Row | None:
    """Return the only row, or None."""
    rows = await reads.fetch(statement, *arguments)
    return rows[0] if rows else None


class _Asyncpg(Protocol):
    async def fetch(self, statement: str, *arguments: object) -> list[Row]: ...


async def _fetch(
    connection: AsyncConnection, statement: str, arguments: tuple[object, ...]
) -> list[Row]:
    raw = await connection.get_raw_connection()
    return await _fetch_from(raw.driver_connection, statement, arguments)


async def _fetch_from(driver: object, statement: str, arguments: tuple[object, ...]) -> list[Row]:
    """Ask the driver itself, whose errors nothing else translates."""
    try:
        return await cast("_Asyncpg", driver).fetch(statement, *arguments)
    except DRIVER_ERRORS as error:
        if is_outage(error):
            raise DatabaseAway from error
        raise
