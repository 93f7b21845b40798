"""The tournament service's environment."""

from typing import Annotated

from pydantic import Field, SecretStr

from transcendence_common.service_token_source import SHORTEST_SECRET
from transcendence_common.settings import PostgresUrl, Settings


class TournamentSettings(Settings):
    """What tournament reads beside the shared settings."""

    tournament_port: int = 8003
    tournament_database_url: PostgresUrl
    tournament_service_secret: Annotated[SecretStr, Field(min_length=SHORTEST_SECRET)]
