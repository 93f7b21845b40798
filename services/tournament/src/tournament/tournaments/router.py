"""All addresses of tournaments."""

from litestar import Router

from tournament.audit.routes import audit_routes
from tournament.entries.routes import entry_routes
from tournament.pairings.hotseat_routes import hotseat_routes
from tournament.pairings.routes import pairing_routes
from tournament.tournaments.routes import life_routes

tournaments = Router(
    "/", route_handlers=[life_routes, entry_routes, audit_routes, pairing_routes, hotseat_routes]
)
