"""The tournament service: brackets, matchmaking and live matches will move in here."""

from pathlib import Path

from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig
from litestar import Litestar

from tournament.players.internal_routes import INTERNAL
from tournament.settings import TournamentSettings
from transcendence_common.app import create_app as create_service
from transcendence_common.database import database
from transcendence_common.identity import KeySource
from transcendence_common.jwks import JwksKeys

NAME = "tournament"
MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(
    settings: TournamentSettings | None = None,
    *,
    db: SQLAlchemyAsyncConfig | None = None,
    keys: KeySource | None = None,
) -> Litestar:
    """Put the service together; tests bring their own database and keys."""
    settings = settings or TournamentSettings.load()
    jwks = JwksKeys(settings.auth_url)
    return create_service(
        NAME,
        settings,
        api_path="/api/tournament",
        features=[],
        internal=INTERNAL,
        keys=keys or jwks,
        lifespan=[jwks.lifespan],
        database=db
        or database(
            settings.tournament_database_url,
            service=NAME,
            migrations=MIGRATIONS,
            pool_size=settings.database_pool_size,
        ),
    )
