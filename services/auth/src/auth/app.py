"""The auth service: accounts, how their owners come in, and the keys that vouch for them."""

from pathlib import Path

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Router

from auth.accounts.hashing import Passwords
from auth.accounts.routes import accounts
from auth.addresses.routes import addresses
from auth.friends.routes import friends
from auth.friends.ties import EVERYBODY
from auth.oauth.routes import oauth
from auth.outgoing import letter_routes
from auth.parts import assemble, dependencies_of
from auth.passkeys.routes import passkeys
from auth.passwords.routes import passwords as password_routes
from auth.privacy.neighbours import player_event_routes
from auth.privacy.routes import privacy
from auth.profiles.routes import profiles
from auth.service_clients.routes import service_token_route
from auth.sessions.open_routes import open_session_routes
from auth.sessions.routes import sessions
from auth.settings import AuthSettings
from auth.signing_keys.routes import signing_keys
from auth.two_factor.routes import two_factor
from auth.upkeep import upkeep
from transcendence_common.app import create_app as create_service
from transcendence_common.clock import Clock, utc_now
from transcendence_common.database import database
from transcendence_common.outbox import OutboxWorker, Route
from transcendence_common.signals import channels_plugin

NAME = "auth"
API_PATH = "/api/user"
MIGRATIONS = Path(__file__).parent / "migrations"

FEATURES = Router(
    API_PATH,
    route_handlers=[
        accounts,
        addresses,
        friends,
        oauth,
        open_session_routes,
        passkeys,
        password_routes,
        privacy,
        profiles,
        sessions,
        signing_keys,
        two_factor,
    ],
)


def create_app(
    settings: AuthSettings | None = None,
    *,
    db: SQLAlchemyAsyncConfig | None = None,
    passwords: Passwords | None = None,
    clock: Clock = utc_now,
    repeats: bool = True,
) -> Litestar:
    """Put the service together; tests bring their own database, cheap hashing and time, and do by hand what repeats."""
    settings = settings or AuthSettings.load()
    db = db or database_of(settings)
    hashing = passwords or Passwords()
    parts = assemble(settings, db, hashing, clock)
    outbox = OutboxWorker(
        settings.auth_database_url,
        {
            **letter_routes(parts),
            **player_event_routes(parts.neighbours),
            EVERYBODY: Route(parts.every_tie.tell, at_once=1),
        },
        service=NAME,
    )
    return create_service(
        NAME,
        settings,
        api_path=API_PATH,
        features=[FEATURES, service_token_route(parts.service_clients)],
        keys=parts.keys,
        clock=clock,
        database=db,
        checks={
            "signing_key": parts.keys.check_ready,
            **({"outbox": outbox.check_ready} if repeats else {}),
        },
        dependencies=dependencies_of(parts, clock),
        lifespan=[
            hashing.lifespan,
            parts.strength.lifespan,
            parts.providers.lifespan,
            parts.neighbours.lifespan,
            *upkeep(parts, clock, repeats=repeats),
            *([outbox.lifespan] if repeats else []),
        ],
        plugins=[channels_plugin(settings.auth_database_url, service=NAME)],
    )


def database_of(settings: AuthSettings) -> SQLAlchemyAsyncConfig:
    return database(
        settings.auth_database_url,
        service=NAME,
        migrations=MIGRATIONS,
        pool_size=settings.database_pool_size,
    )
