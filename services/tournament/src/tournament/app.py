"""The tournament service: matchmaking, live matches and tournaments."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar, Router
from litestar.di import Provide

from tournament.audit.routes import audit_routes
from tournament.entries.routes import entry_routes
from tournament.lifecycle.routes import lifecycle_routes
from tournament.live.routes import live_routes
from tournament.matchmaking.routes import matchmaking_routes
from tournament.pairings.hotseat_routes import hotseat_routes
from tournament.pairings.routes import pairing_routes
from tournament.pending.routes import pending_routes
from tournament.privacy.internal_routes import INTERNAL_ROUTES
from tournament.settings import TournamentSettings
from tournament.verified import provide_verified
from tournament.wiring import assemble, outbox_routes, periodic_lifespans
from transcendence_common.app import Lifespan
from transcendence_common.app import create_app as create_service
from transcendence_common.clock import Clock, utc_now
from transcendence_common.database import configure_database
from transcendence_common.identity import KeySource
from transcendence_common.jwks import JwksKeys
from transcendence_common.outbox import OutboxWorker
from transcendence_common.signals import channels_plugin

SERVICE_NAME = "tournament"
API_PATH = "/api/tournament"
MIGRATIONS = Path(__file__).parent / "migrations"
LIVE_DATABASE_CONNECTIONS = 3
"""Database connections reserved for storing, taking and deleting live matches: under a rush of requests the lease would
run out while its renewal waited for a connection."""

API_ROUTER = Router(
    API_PATH,
    route_handlers=[
        matchmaking_routes,
        live_routes,
        lifecycle_routes,
        entry_routes,
        audit_routes,
        pairing_routes,
        hotseat_routes,
        pending_routes,
    ],
)


def create_app(
    settings: TournamentSettings | None = None,
    *,
    db: SQLAlchemyAsyncConfig | None = None,
    keys: KeySource | None = None,
    clock: Clock = utc_now,
    repeats: bool = True,
) -> Litestar:
    """Create the application. Tests pass their own database, keys and time, and run periodic work by hand.

    Args:
        settings: settings other than those of the environment.
        db: a database for everything, which the caller closes.
        keys: a source of keys for access tokens.
        clock: the time.
        repeats: whether to run periodic work and the outbox.
    """
    settings = settings or TournamentSettings.load()
    jwks = JwksKeys(settings.auth_url)
    live_db = db or _database(settings, LIVE_DATABASE_CONNECTIONS, f"{SERVICE_NAME}-live")
    own = db is None
    db = db or _database(settings, settings.database_pool_size, SERVICE_NAME)
    wiring = assemble(settings, db, live_db, clock)
    outbox = OutboxWorker(
        settings.tournament_database_url, outbox_routes(wiring), service=SERVICE_NAME
    )
    return create_service(
        SERVICE_NAME,
        settings,
        api_path=API_PATH,
        features=[API_ROUTER],
        internal=INTERNAL_ROUTES,
        keys=keys or jwks,
        now=clock,
        checks={"outbox": outbox.check_ready, "live": wiring.live.check_ready} if repeats else {},
        wiring=wiring,
        dependencies={
            "verified": Provide(provide_verified, sync_to_thread=False),
        },
        lifespan=[
            *([_dispose_at_stop(db, live_db)] if own else []),
            jwks.lifespan,
            wiring.history.lifespan,
            *([*periodic_lifespans(wiring), outbox.lifespan] if repeats else []),
        ],
        plugins=[
            channels_plugin(settings.tournament_database_url, service=SERVICE_NAME),
            *([wiring.activity] if repeats else []),
        ],
        database=db,
    )


def _database(
    settings: TournamentSettings, connections: int, shown_as: str
) -> SQLAlchemyAsyncConfig:
    return configure_database(
        settings.tournament_database_url,
        service=SERVICE_NAME,
        migrations=MIGRATIONS,
        pool_size=connections,
        server_settings={"application_name": shown_as},
    )


def _dispose_at_stop(*databases: SQLAlchemyAsyncConfig) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        yield
        for each in databases:
            await each.get_engine().dispose()

    return lifespan
