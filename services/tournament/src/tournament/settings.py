"""Settings of the tournament service, read from the environment."""

from typing import Annotated

from pydantic import Field, SecretStr

from transcendence_common.service_token_source import SHORTEST_SECRET
from transcendence_common.settings import PostgresUrl, Settings


class TournamentSettings(Settings):
    """Settings of tournament in addition to the shared ones."""

    tournament_port: int = 8003
    tournament_database_url: PostgresUrl
    tournament_service_secret: Annotated[SecretStr, Field(min_length=SHORTEST_SECRET)]
