"""Internal route of hotseat tickets for tournament."""

from datetime import datetime

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contracts.history.tickets import HotseatTicketRequest, IssuedTicket
from history.players.queries import refuse_erased_player
from history.tickets.issuing import issue_ticket
from history.tickets.service import new_hotseat_ticket
from history.tickets.signing import TicketSigner
from transcendence_common.reads import Reads
from transcendence_common.service_identity import called_by


@post("/tickets", opt=called_by("tournament"))
async def create_hotseat_ticket(
    *,
    data: JSONBody[HotseatTicketRequest],
    tickets: NamedDependency[TicketSigner],
    reads: NamedDependency[Reads],
    now: NamedDependency[datetime],
) -> IssuedTicket:
    """Return a ticket for a match of two aliases; only the host can submit the match."""
    await refuse_erased_player(reads, data.host_id)
    return issue_ticket(new_hotseat_ticket(data, now), tickets)


INTERNAL_ROUTES = [create_hotseat_ticket]
