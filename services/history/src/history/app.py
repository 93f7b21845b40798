"""The history service: match tickets, verified match records, replays, statistics and ratings."""

from pathlib import Path

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar

from history.matches.internal_routes import INTERNAL_ROUTES as MATCHES
from history.matches.routes import match_routes
from history.overviews.routes import overview_routes
from history.players.routes import player_routes
from history.privacy.internal_routes import INTERNAL_ROUTES as PLAYERS
from history.ratings.internal_routes import INTERNAL_ROUTES as RATINGS
from history.ratings.routes import rating_routes
from history.settings import HistorySettings
from history.tickets.internal_routes import INTERNAL_ROUTES as TICKETS
from history.tickets.routes import ticket_routes
from history.wiring import assemble
from transcendence_common.app import create_app as create_service
from transcendence_common.clock import Clock, utc_now
from transcendence_common.database import configure_database
from transcendence_common.identity import KeySource
from transcendence_common.jwks import JwksKeys

SERVICE_NAME = "history"
MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRES_SETTINGS = {"plan_cache_mode": "force_generic_plan"}
"""Every statement looks rows up by keys, so one generic plan fits all values. By default PostgreSQL may plan the page
of matches again for each request, which takes three times as long as running it."""


def create_app(
    settings: HistorySettings | None = None,
    *,
    db: SQLAlchemyAsyncConfig | None = None,
    keys: KeySource | None = None,
    clock: Clock = utc_now,
) -> Litestar:
    """Create the service. Tests pass their own database, keys and clock."""
    settings = settings or HistorySettings.load()
    jwks = JwksKeys(settings.auth_url)
    db = db or configure_database(
        settings.history_database_url,
        service=SERVICE_NAME,
        migrations=MIGRATIONS,
        pool_size=settings.database_pool_size,
        server_settings=POSTGRES_SETTINGS,
    )
    return create_service(
        SERVICE_NAME,
        settings,
        api_path="/api/history",
        features=[ticket_routes, match_routes, player_routes, rating_routes, overview_routes],
        internal=[*PLAYERS, *MATCHES, *TICKETS, *RATINGS],
        keys=keys or jwks,
        wiring=assemble(settings, db),
        now=clock,
        lifespan=[jwks.lifespan],
        database=db,
    )
