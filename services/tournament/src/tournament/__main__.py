"""`python -m tournament` serves it."""

from transcendence_common.server import serve

from tournament.settings import TournamentSettings

settings = TournamentSettings.load()
serve("tournament.app:create_app", host=settings.bind_host, port=settings.tournament_port)
