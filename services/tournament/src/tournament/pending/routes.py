"""HTTP route of everything that waits for a player."""

from datetime import datetime

from litestar import Router, get
from litestar.di import NamedDependency

from contracts.tournament.pending import Pending
from tournament.pending.service import PendingActions
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers


@get("/pending", security=SIGNED_IN, responses=answers())
async def show_pending(
    player: NamedDependency[Player],
    pending: NamedDependency[PendingActions],
    now: NamedDependency[datetime],
) -> Pending:
    """Return the caller's unfinished match, place in the queue, invitations and match calls. The place is prolonged
    by 20 s."""
    return await pending.of_player(player, now)


pending_routes = Router("/", route_handlers=[show_pending])
