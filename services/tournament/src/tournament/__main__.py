"""`python -m tournament` serves it."""

from tournament.settings import TournamentSettings
from transcendence_common.server import serve

settings = TournamentSettings.load()
serve("tournament.app:create_app", settings, port=settings.tournament_port)
