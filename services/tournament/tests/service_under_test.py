"""The service under test, whose other services are unavailable unless a
test gives their addresses."""

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from litestar import Litestar
from pydantic import SecretStr

from tests.fixtures.cast import SigningKey
from tournament.app import create_app
from tournament.settings import TournamentSettings
from transcendence_common.clock import Clock

UNUSED_URL = "http://127.0.0.1:9"
NOT_USED = "postgresql://not.used/tournament"


def settings_for(
    database_url: str = NOT_USED,
    *,
    auth_url: str = UNUSED_URL,
    history_url: str = UNUSED_URL,
    port: int = 8003,
) -> TournamentSettings:
    return TournamentSettings(
        environment="test",
        tournament_database_url=SecretStr(database_url),
        tournament_service_secret=SecretStr("only-for-tests-9876543210abcdefghij"),
        tournament_port=port,
        auth_url=auth_url,
        history_url=history_url,
    )


def app_of(
    db: SQLAlchemyAsyncConfig,
    key: SigningKey,
    clock: Clock,
    *,
    database_url: str = NOT_USED,
    auth_url: str = UNUSED_URL,
    history_url: str = UNUSED_URL,
) -> Litestar:
    """Return the application without its periodic work."""
    settings = settings_for(database_url, auth_url=auth_url, history_url=history_url)
    return create_app(settings, db=db, keys=key, clock=clock, repeats=False)
