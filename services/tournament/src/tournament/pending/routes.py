"""HTTP route of everything that waits for a player."""

from litestar import Router, get
from litestar.di import NamedDependency

from contracts.tournament.pending import Pending
from tournament.live.creation import unfinished_match_of
from tournament.matchmaking.invitations import list_open_invitations
from tournament.matchmaking.queue import prolong_queue_place
from tournament.pairings.match_calls import match_calls_of
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers


@get("/pending", security=SIGNED_IN, responses=answers())
async def show_pending(
    player: NamedDependency[Player], db_session: NamedDependency[TimedSession]
) -> Pending:
    """Return the caller's unfinished match, place in the queue, invitations and match calls. The place is prolonged
    by 20 s."""
    return Pending(
        match_id=await unfinished_match_of(db_session, player.id),
        queue_place=await prolong_queue_place(db_session, player.id),
        invitations=await list_open_invitations(db_session, player),
        match_calls=await match_calls_of(db_session, player.id),
    )


pending_routes = Router("/", route_handlers=[show_pending])
