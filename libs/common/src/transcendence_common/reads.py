"""Database reads that bypass SQLAlchemy, which takes three times as long for the page of a player's matches.

They begin no transaction, so that one statement is one round trip, and the connection is held no longer than that.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol, cast

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from transcendence_common.outages import DRIVER_ERRORS, DatabaseUnavailable, is_outage

Row = Sequence[Any]
"""A row of asyncpg. The driver has no static types; the code that unpacks a row names them."""


class Reads(ABC):
    """Runs SQL reads and returns their rows; each subclass uses another kind of connection."""

    @abstractmethod
    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read; `$1` in the statement is the first argument.

        The statement must be one of few constants, because the connection caches a plan for each text.
        """


class SessionReads(Reads):
    """Reads inside a session's transaction, which see its writes."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read."""
        return await _fetch_on_connection(await self._session.connection(), statement, arguments)


class DatabaseReads(Reads):
    """Runs each read on its own connection from the pool, without a database session.

    For requests that write nothing. In tests that roll back, the configuration has one connection instead of a pool.
    """

    def __init__(self, config: SQLAlchemyAsyncConfig) -> None:
        self._session_config = config.session_config
        self._engine = config.get_engine()

    async def fetch(self, statement: str, *arguments: object) -> list[Row]:
        """Return the rows of a read."""
        bind = self._session_config.bind
        if isinstance(bind, AsyncConnection):
            return await _fetch_on_connection(bind, statement, arguments)
        raw = await self._engine.raw_connection()
        try:
            return await _fetch_from_driver(raw.driver_connection, statement, arguments)
        finally:
            # This needs no await, because there is no transaction for the pool to roll back.
            raw.close()


async def fetch_one(reads: Reads, statement: str, *arguments: object) -> Row | None:
    """Return the only row, or None."""
    rows = await reads.fetch(statement, *arguments)
    return rows[0] if rows else None


class _AsyncpgConnection(Protocol):
    async def fetch(self, statement: str, *arguments: object) -> list[Row]: ...


async def _fetch_on_connection(
    connection: AsyncConnection, statement: str, arguments: tuple[object, ...]
) -> list[Row]:
    raw = await connection.get_raw_connection()
    return await _fetch_from_driver(raw.driver_connection, statement, arguments)


async def _fetch_from_driver(
    driver: object, statement: str, arguments: tuple[object, ...]
) -> list[Row]:
    """Run a statement on the driver, and translate its errors, which SQLAlchemy does not see."""
    try:
        return await cast("_AsyncpgConnection", driver).fetch(statement, *arguments)
    except DRIVER_ERRORS as error:
        if is_outage(error):
            raise DatabaseUnavailable from error
        raise
