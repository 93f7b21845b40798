"""Issues a ticket to a player or to tournament, and records it in log and metrics."""

from datetime import UTC, datetime

import structlog

from contracts.history.tickets import IssuedTicket
from history.tickets.metrics import TICKETS_ISSUED
from history.tickets.signing import TicketClaims, TicketSigner

logger = structlog.get_logger("history.tickets")


def issue_ticket(ticket: TicketClaims, tickets: TicketSigner) -> IssuedTicket:
    """Sign a ticket, count and log it, and return it."""
    signed = tickets.sign(ticket)
    TICKETS_ISSUED.labels(ticket.mode).inc()
    logger.info(
        "ticket given",
        **{
            "event.action": "ticket-given",
            "event.category": ["api"],
            "event.type": ["creation"],
            "event.outcome": "success",
            "user.id": str(ticket.sub),
            "labels.match_id": str(ticket.match_id),
            "labels.mode": ticket.mode,
            "transcendence.points": ticket.points,
        },
    )
    return IssuedTicket(
        ticket=signed,
        match_id=ticket.match_id,
        seed=ticket.seed,
        rules=ticket.rules,
        expires_at=datetime.fromtimestamp(ticket.exp, UTC),
    )
