from ui.tournaments.bracket import show_bracket
from ui.tournaments.corrections import CORRECTION_ROUTES
from ui.tournaments.creation import CREATION_ROUTES
from ui.tournaments.editing import EDITING_ROUTES
from ui.tournaments.entering import ENTERING_ROUTES
from ui.tournaments.listing import show_tournaments
from ui.tournaments.log import show_log
from ui.tournaments.manage import MANAGE_ROUTES
from ui.tournaments.moved import MOVED_ROUTES
from ui.tournaments.overview import show_tournament
from ui.tournaments.players import PLAYER_ROUTES
from ui.tournaments.seeding import SEEDING_ROUTES

TOURNAMENT_ROUTES = [
    show_tournaments,
    *CREATION_ROUTES,
    show_tournament,
    *ENTERING_ROUTES,
    *PLAYER_ROUTES,
    *SEEDING_ROUTES,
    show_log,
    show_bracket,
    *CORRECTION_ROUTES,
    *MANAGE_ROUTES,
    *EDITING_ROUTES,
    *MOVED_ROUTES,
]
