"""A database for one test, which can make it unavailable."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import asyncpg
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from launcher.temporary import TemporaryCluster
from transcendence_common.settings import PostgresUrl

NAME = "lonely_db"


@dataclass(frozen=True)
class LonelyDatabase:
    """A database with helpers that act as the administrator, connected to
    another database where necessary."""

    dsn: str
    engine: AsyncEngine
    _outside: str

    @property
    def url(self) -> PostgresUrl:
        return SecretStr(self.dsn.replace("postgresql://", "postgresql+asyncpg://", 1))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession, None]:
        """Yield a session that is committed at the end."""
        async with AsyncSession(self.engine) as session, session.begin():
            yield session

    def connected(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        return _connected(self.dsn)

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.connected() as connection:
            found: list[asyncpg.Record] = await connection.fetch(query, *arguments)
            return found

    async def execute(self, script: str) -> None:
        async with self.connected() as connection:
            await connection.execute(script)

    async def cut(self, application: str) -> int:
        """End the connections of an application, which may reconnect."""
        async with _connected(self._outside) as connection:
            ended: int = await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = $1 AND application_name = $2",
                NAME,
                application,
            )
            return ended

    async def go_away(self) -> None:
        """Refuse new connections, and end all existing ones."""
        await self.engine.dispose()
        async with _connected(self._outside) as connection:
            await connection.execute(f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS false")
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", NAME
            )

    async def come_back(self) -> None:
        async with _connected(self._outside) as connection:
            await connection.execute(f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS true")

    async def connections_so_far(self) -> int:
        """Return how many connections to the database there have been."""
        async with _connected(self._outside) as connection:
            ended: int = await connection.fetchval(
                "SELECT sessions FROM pg_stat_database WHERE datname = $1", NAME
            )
            return ended


@asynccontextmanager
async def lonely_database(postgres: TemporaryCluster) -> AsyncGenerator[LonelyDatabase, None]:
    """Create the database, and delete it in spite of open connections."""
    outside, dsn = postgres.cluster.url(), postgres.cluster.url(NAME)
    async with _connected(outside) as connection:
        await connection.execute(f"CREATE DATABASE {NAME}")
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        yield LonelyDatabase(dsn, engine, outside)
    finally:
        await engine.dispose()
        async with _connected(outside) as connection:
            await connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator[asyncpg.Connection, None]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
