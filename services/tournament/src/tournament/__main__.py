"""Runs the tournament service: `python -m tournament` serves, `python -m tournament migrate` migrates the database."""

import sys

from tournament.settings import TournamentSettings
from transcendence_common.commands import migrate_or_serve

if __name__ == "__main__":
    settings = TournamentSettings.load()
    sys.exit(
        migrate_or_serve(
            "tournament",
            settings,
            port=settings.tournament_port,
            url=settings.tournament_database_url,
        )
    )
