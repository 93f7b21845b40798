"""`python -m history` starts the service; `python -m history migrate` updates its database to this version's schema."""

import sys

from history.settings import HistorySettings
from transcendence_common.commands import migrate_or_serve

if __name__ == "__main__":
    settings = HistorySettings.load()
    sys.exit(
        migrate_or_serve(
            "history", settings, port=settings.history_port, url=settings.history_database_url
        )
    )
