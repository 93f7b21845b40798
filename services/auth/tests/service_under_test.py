"""The auth service under test: real PostgreSQL, real Argon2 with its cheapest
parameters, and a manual clock."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from argon2.profiles import CHEAPEST
from cryptography.fernet import Fernet, MultiFernet
from litestar import Litestar
from pydantic import SecretStr
from sqlalchemy import text

from auth.accounts.hashing import PasswordHashing
from auth.app import create_app
from auth.mail.mailer import Envelope, Mailer
from auth.mail.messages import AnyMessage
from auth.settings import AuthSettings
from auth.signing_keys.service import SigningKeys
from tests.fixtures.clients import client_of
from tests.fixtures.clock import HandClock
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.standing import StandingApplication, StandingDatabase

PASSWORD = "a paddle and a ball"
ENCRYPTION_KEY = Fernet.generate_key().decode()
REFRESH_SECRET = "only-for-tests-0123456789abcdefghij"
TOURNAMENT_SECRET = "only-for-tests-9876543210abcdefghij"


class Log(logging.Handler):
    """The captured log events of the service."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, dict):
            self.events.append(record.msg)

    def of(self, action: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("event.action") == action]

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Capture log events. The application must exist by then: its setup of logging
        removes all other handlers."""
        logging.getLogger().addHandler(self)
        yield
        logging.getLogger().removeHandler(self)


@dataclass(frozen=True)
class Auth:
    """The running service, with a method for each common request."""

    client: httpx.AsyncClient
    clock: HandClock
    db: SQLAlchemyAsyncConfig
    log: Log

    async def register(self, username: str = "Alice", /, **changes: object) -> httpx.Response:
        fields: dict[str, object] = {
            "username": username,
            "email": f"{username}@example.org",
            "password": PASSWORD,
            **changes,
        }
        return await self.client.post("/api/user/register", json=fields)

    async def sign_in(self, username: str = "Alice", password: str = PASSWORD) -> httpx.Response:
        return await self.client.post(
            "/api/user/login", json={"username": username, "password": password}
        )

    async def renew(self, refresh_token: object) -> httpx.Response:
        return await self.client.post("/api/user/refresh", json={"refresh_token": refresh_token})

    async def sign_out(self, refresh_token: object) -> httpx.Response:
        return await self.client.post("/api/user/logout", json={"refresh_token": refresh_token})

    async def get(self, path: str, access_token: str | None = None) -> httpx.Response:
        headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
        return await self.client.get(f"/api/user{path}", headers=headers)

    async def takes(self, access_token: str) -> bool:
        """Tell whether a token is valid by itself, at an address that
        does not look its session up."""
        status = (await self.get("/oauth/providers", access_token)).status_code
        assert status in {200, 401}
        return status == 200

    async def signed_in(self, username: str = "Alice") -> dict[str, Any]:
        """Register a player and return the tokens."""
        await self.register(username)
        tokens: dict[str, Any] = (await self.sign_in(username)).json()
        return tokens

    async def letters(self, to: str) -> list[AnyMessage]:
        """Return the mails to an address in the outbox, oldest first."""
        return [envelope.letter for envelope in await self.envelopes() if envelope.to == to]

    async def envelopes(self) -> list[Envelope]:
        """Return all mails in the outbox, oldest first."""
        post = Mailer(MultiFernet([Fernet(ENCRYPTION_KEY)]))
        rows = await self.rows("SELECT payload FROM pgqueuer WHERE entrypoint = 'mail' ORDER BY id")
        return [post.decrypt(payload) for (payload,) in rows]

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the database directly."""
        async with self.db.get_session() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def execute(self, statement: str, **parameters: object) -> None:
        """Change the database directly."""
        async with self.db.get_session() as session, session.begin():
            await session.execute(text(statement), parameters)


def settings_for(url: str, **changes: object) -> AuthSettings:
    return AuthSettings.model_validate(
        {
            "environment": "test",
            "auth_database_url": SecretStr(url),
            "auth_encryption_key": SecretStr(ENCRYPTION_KEY),
            "auth_refresh_secret": SecretStr(REFRESH_SECRET),
            "tournament_service_secret": SecretStr(TOURNAMENT_SECRET),
            **changes,
        }
    )


@asynccontextmanager
async def running(
    settings: AuthSettings,
    db: SQLAlchemyAsyncConfig,
    *,
    clock: HandClock | None = None,
    passwords: PasswordHashing | None = None,
) -> AsyncGenerator[Auth, None]:
    clock = clock or HandClock()
    app = create_app(
        settings,
        db=db,
        passwords=passwords or PasswordHashing(CHEAPEST),
        clock=clock,
        repeats=False,
    )
    log = Log()
    with log.listening():
        async with client_of(app) as client:
            yield Auth(client, clock, db, log)


AnotherAuth = Callable[..., AbstractAsyncContextManager[Auth]]
"""Starts an application with other parts, as `running` takes them;
`committed` allows parallel requests."""


class StandingAuth:
    """One application for all tests with the same settings; each test gets
    its own data, time and log."""

    def __init__(self, database: ServiceDatabase, settings: AuthSettings) -> None:
        self._clock = HandClock()
        own = StandingDatabase(database)
        app = create_app(
            settings,
            db=own.config,
            passwords=PasswordHashing(CHEAPEST),
            clock=self._clock,
            repeats=False,
        )
        self.app = app
        self._application = StandingApplication(app, own)
        self.running = self._application.running

    @asynccontextmanager
    async def rolled_back(self) -> AsyncGenerator[Auth, None]:
        """Yield the service for one request at a time."""
        async with self._application.rolled_back() as client, self._as_new(client) as auth:
            yield auth

    @asynccontextmanager
    async def committed(self) -> AsyncGenerator[Auth, None]:
        """Yield the service for parallel requests."""
        async with self._application.committed() as client, self._as_new(client) as auth:
            yield auth

    @asynccontextmanager
    async def _as_new(self, client: httpx.AsyncClient) -> AsyncGenerator[Auth, None]:
        self._clock.reset()
        # The service does this at its start and every five minutes.
        await keys_of(self.app).rotate_keys()
        log = Log()
        with log.listening():
            yield Auth(client, self._clock, self._application.database.config, log)


def keys_of(app: Litestar) -> SigningKeys:
    """Return the signing keys of a running service."""
    keys: SigningKeys = app.dependencies["keys"].dependency()  # type: ignore[union-attr]
    return keys


def errors_of(answer: httpx.Response) -> dict[str, str]:
    """Return the field errors of a problem as a dictionary."""
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["field"]: error["message"] for error in answer.json().get("errors", [])}
