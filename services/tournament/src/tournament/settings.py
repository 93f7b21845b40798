"""The tournament service's environment."""

from transcendence_common.settings import PostgresUrl, Settings


class TournamentSettings(Settings):
    """What tournament reads beside the shared settings."""

    tournament_port: int = 8003
    tournament_database_url: PostgresUrl
