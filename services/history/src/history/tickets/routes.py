"""HTTP route of match tickets."""

from datetime import datetime

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contracts.history.tickets import IssuedTicket, TicketRequest
from history.players.queries import refuse_erased_player
from history.tickets.issuing import issue_ticket
from history.tickets.service import new_ticket
from history.tickets.signing import TicketSigner
from transcendence_common.erased_players import PlayerGone
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN, answers
from transcendence_common.problems import InvalidFields, Malformed
from transcendence_common.reads import Reads


@post(
    "/",
    security=SIGNED_IN,
    responses=answers(Malformed, InvalidFields, PlayerGone),
)
async def create_ticket(
    *,
    data: JSONBody[TicketRequest],
    player: NamedDependency[Player],
    tickets: NamedDependency[TicketSigner],
    reads: NamedDependency[Reads],
    now: NamedDependency[datetime],
) -> IssuedTicket:
    """Return a ticket for a match. The match is stored once its input log has been submitted."""
    await refuse_erased_player(reads, player.id)
    return issue_ticket(new_ticket(data, player, now), tickets)


ticket_routes = Router("/api/history/tickets", route_handlers=[create_ticket])
