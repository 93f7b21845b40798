"""The auth service: accounts, sign-in, and the keys that sign access tokens."""

from pathlib import Path

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Router
from litestar.di import Provide

from auth.accounts.hashing import PasswordHashing
from auth.addresses.routes import address_routes
from auth.friends.routes import friend_routes
from auth.oauth.routes import oauth_routes
from auth.passkeys.routes import passkey_routes
from auth.passwords.routes import password_routes
from auth.privacy.routes import privacy_routes
from auth.profiles.routes import profile_routes
from auth.registration.routes import registration_routes
from auth.service_clients.routes import service_token_route
from auth.sessions.live import provide_confirmed, provide_signed_in
from auth.settings import AuthSettings
from auth.sign_in.routes import sign_in_routes
from auth.sign_in.session_routes import session_routes
from auth.signing_keys.routes import signing_key_routes
from auth.two_factor.routes import two_factor_routes
from auth.wiring import assemble, outbox_routes, repeated_work
from transcendence_common.app import create_app as create_service
from transcendence_common.clock import Clock, utc_now
from transcendence_common.database import configure_database
from transcendence_common.outbox import OutboxWorker
from transcendence_common.signals import channels_plugin

NAME = "auth"
API_PATH = "/api/user"
MIGRATIONS = Path(__file__).parent / "migrations"

FEATURES = Router(
    API_PATH,
    route_handlers=[
        registration_routes,
        address_routes,
        friend_routes,
        oauth_routes,
        session_routes,
        passkey_routes,
        password_routes,
        privacy_routes,
        profile_routes,
        sign_in_routes,
        signing_key_routes,
        two_factor_routes,
    ],
)


def create_app(
    settings: AuthSettings | None = None,
    *,
    db: SQLAlchemyAsyncConfig | None = None,
    passwords: PasswordHashing | None = None,
    clock: Clock = utc_now,
    repeats: bool = True,
) -> Litestar:
    """Create the service. Tests pass their own database, cheap hashing and clock, and run repeated work themselves."""
    settings = settings or AuthSettings.load()
    db = db or database_of(settings)
    hashing = passwords or PasswordHashing()
    wiring = assemble(settings, db, hashing, clock)
    outbox = OutboxWorker(settings.auth_database_url, outbox_routes(wiring), service=NAME)
    return create_service(
        NAME,
        settings,
        api_path=API_PATH,
        features=[FEATURES, service_token_route(wiring.service_clients)],
        keys=wiring.keys,
        clock=clock,
        now=clock,
        database=db,
        checks={
            "signing_key": wiring.keys.check_ready,
            **({"outbox": outbox.check_ready} if repeats else {}),
        },
        wiring=wiring,
        dependencies={
            "confirmed": Provide(provide_confirmed),
            "signed_in": Provide(provide_signed_in),
        },
        lifespan=[
            hashing.lifespan,
            wiring.strength.lifespan,
            wiring.providers.lifespan,
            wiring.player_data_client.lifespan,
            *repeated_work(wiring, clock, repeats=repeats),
            *([outbox.lifespan] if repeats else []),
        ],
        plugins=[channels_plugin(settings.auth_database_url, service=NAME)],
    )


def database_of(settings: AuthSettings) -> SQLAlchemyAsyncConfig:
    return configure_database(
        settings.auth_database_url,
        service=NAME,
        migrations=MIGRATIONS,
        pool_size=settings.database_pool_size,
    )
