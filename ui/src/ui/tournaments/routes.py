from ui.tournaments.bracket import show_bracket
from ui.tournaments.corrections import CORRECTIONS
from ui.tournaments.creation import CREATION
from ui.tournaments.editing import EDITING
from ui.tournaments.entering import ENTERING
from ui.tournaments.listing import show_tournaments
from ui.tournaments.log import show_log
from ui.tournaments.manage import MANAGE_ROUTES
from ui.tournaments.moved import MOVED
from ui.tournaments.overview import show_tournament
from ui.tournaments.players import PLAYERS
from ui.tournaments.seeding import SEEDING

TOURNAMENTS = [
    show_tournaments,
    *CREATION,
    show_tournament,
    *ENTERING,
    *PLAYERS,
    *SEEDING,
    show_log,
    show_bracket,
    *CORRECTIONS,
    *MANAGE_ROUTES,
    *EDITING,
    *MOVED,
]
