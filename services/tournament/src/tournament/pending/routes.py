"""HTTP route of everything that waits for a player."""

from litestar import Router, get
from litestar.di import NamedDependency

from contracts.tournament.matchmaking import OpenInvitations
from contracts.tournament.pending import Pending
from tournament.matchmaking.invitations import list_open_invitations
from tournament.matchmaking.queue import prolong_queue_place
from tournament.pairings.match_calls import match_calls_of
from tournament.pending.queries import find_pending_kinds
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers


@get("/pending", security=SIGNED_IN, responses=answers())
async def show_pending(
    player: NamedDependency[Player], db_session: NamedDependency[TimedSession]
) -> Pending:
    """Return the caller's unfinished match, place in the queue, invitations and match calls. The place is prolonged
    by 20 s."""
    kinds = await find_pending_kinds(db_session, player.id)
    return Pending(
        match_id=kinds.match_id,
        queue_place=await prolong_queue_place(db_session, player.id)
        if kinds.has_queue_place
        else None,
        invitations=await list_open_invitations(db_session, player)
        if kinds.has_invitations
        else OpenInvitations(incoming=[], outgoing=[]),
        match_calls=await match_calls_of(db_session, player.id) if kinds.plays_tournament else [],
    )


pending_routes = Router("/", route_handlers=[show_pending])
