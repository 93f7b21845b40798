"""`python -m tournament` serves it; `python -m tournament migrate` brings its database to this version's schema."""

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
