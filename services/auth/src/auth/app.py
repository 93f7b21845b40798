"""The auth service: accounts, sessions, and the keys that vouch for them."""

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from litestar import Litestar, Router
from litestar.di import Provide

from auth.accounts.hashing import Passwords
from auth.accounts.routes import accounts
from auth.clock import Clock, utc_now
from auth.periodic import DATABASE_TROUBLE, repeating
from auth.sessions.access_tokens import TokenIssuer
from auth.sessions.routes import sessions
from auth.sessions.service import Sessions
from auth.sessions.sign_in import PasswordSignIn
from auth.settings import AuthSettings, encryption_of
from auth.signing_keys.errors import SealedKey
from auth.signing_keys.routes import signing_keys
from auth.signing_keys.service import SigningKeys
from transcendence_common.app import create_app as create_service
from transcendence_common.database import database

NAME = "auth"
API_PATH = "/api/user"
MIGRATIONS = Path(__file__).parent / "migrations"

KEYS_KEPT_UP_EVERY_SECONDS = 5 * 60
"""A third of the time that a new key is shown before it signs."""
SESSIONS_FORGOTTEN_EVERY_SECONDS = 60 * 60

DependencyT = TypeVar("DependencyT")


def create_app(
    settings: AuthSettings | None = None,
    *,
    db: SQLAlchemyAsyncConfig | None = None,
    passwords: Passwords | None = None,
    clock: Clock = utc_now,
) -> Litestar:
    """Put the service together; tests bring their own database, cheap hashing, and the time."""
    settings = settings or AuthSettings.load()
    db = db or database_of(settings)
    hashing = passwords or Passwords()
    keys = SigningKeys(db, encryption_of(settings.auth_encryption_key), clock)
    issuer = TokenIssuer(keys, issuer=settings.token_issuer, audience=settings.token_audience)
    its_sessions = Sessions(
        db, issuer, secret=settings.auth_refresh_secret.get_secret_value(), clock=clock
    )
    return create_service(
        NAME,
        settings,
        api_path=API_PATH,
        features=[Router(API_PATH, route_handlers=[accounts, sessions, signing_keys])],
        keys=keys,
        database=db,
        checks={"signing_key": keys.check_ready},
        dependencies={
            "hashing": _given(hashing),
            "keys": _given(keys),
            "sessions": _given(its_sessions),
            "password_sign_in": _given(PasswordSignIn(db, hashing, its_sessions)),
            "now": Provide(_now(clock), sync_to_thread=False),
        },
        lifespan=[
            hashing.lifespan,
            repeating(
                "signing-keys-kept-up",
                keys.keep_up,
                every_seconds=KEYS_KEPT_UP_EVERY_SECONDS,
                expected=(*DATABASE_TROUBLE, SealedKey),
            ),
            repeating(
                "sessions-forgotten",
                its_sessions.forget_expired,
                every_seconds=SESSIONS_FORGOTTEN_EVERY_SECONDS,
            ),
        ],
    )


def database_of(settings: AuthSettings) -> SQLAlchemyAsyncConfig:
    return database(
        settings.auth_database_url,
        service=NAME,
        migrations=MIGRATIONS,
        pool_size=settings.database_pool_size,
    )


def _given(dependency: DependencyT) -> Provide:
    def provide() -> DependencyT:
        return dependency

    return Provide(provide, sync_to_thread=False)


def _now(clock: Clock) -> Clock:
    def now() -> datetime:
        return clock()

    return now
