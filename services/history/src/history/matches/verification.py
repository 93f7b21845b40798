"""Is the log the log of the match that the ticket was given for? Believes nothing but the simulation."""

import asyncio
from datetime import datetime, timedelta

from history.matches.metrics import VERIFICATION_SECONDS
from history.matches.schemas import MAX_CHANGES, Inputs
from history.refusals import (
    LOG_REFUSALS,
    LogTooFast,
    LogTooLong,
    RulesUnknown,
    TicketExpired,
)
from history.tickets.signing import Ticket
from pong.court import MAX_TICKS, RULES_VERSION, TICKS_PER_SECOND
from pong.log import LogRefused, Outcome, replay

CLOCK_TOLERANCE = timedelta(seconds=2)
"""Two replicas' clocks differ by less, and a screen's clock runs ahead by far less in half an hour."""
MAX_CHANGES_IN_LINE = 2_000
"""Up to here a simulation holds the event loop for less than 10 ms, which is cheaper than a thread."""

# One at a time: a thread does not make it faster, but the event loop gets its turn every 5 ms, which two would halve.
_turn = asyncio.Semaphore(1)


def check_claims(ticket: Ticket, inputs: Inputs, now: datetime) -> None:
    """Refuse what needs no simulation to be refused.

    Raises:
        MatchRefused: the ticket's time is over, its rules are not ours, or the log is too long or too fast.
    """
    if now.timestamp() >= ticket.exp:
        raise TicketExpired
    if ticket.rules != RULES_VERSION:
        raise RulesUnknown(ticket.rules, RULES_VERSION)
    if inputs.ticks > MAX_TICKS or len(inputs.changes) > MAX_CHANGES:
        raise LogTooLong(f"A log holds at most {MAX_TICKS} ticks and {MAX_CHANGES} changes.")
    possible = _possible_ticks(ticket, now)
    if inputs.ticks > possible:
        raise LogTooFast(inputs.ticks, possible)


async def simulate(ticket: Ticket, inputs: Inputs) -> Outcome:
    """Play the match again and return how it ended.

    Raises:
        MatchRefused: the log is not that of a finished match.
    """
    if len(inputs.changes) <= MAX_CHANGES_IN_LINE:
        return _simulate(ticket, inputs)
    async with _turn:
        return await asyncio.to_thread(_simulate, ticket, inputs)


def _possible_ticks(ticket: Ticket, now: datetime) -> int:
    seconds = now.timestamp() - ticket.iat + CLOCK_TOLERANCE.total_seconds()
    return int(seconds * TICKS_PER_SECOND)


def _simulate(ticket: Ticket, inputs: Inputs) -> Outcome:
    try:
        with VERIFICATION_SECONDS.time():
            return replay(ticket.mode, ticket.level, ticket.seed, ticket.points, inputs)
    except LogRefused as refused:
        raise LOG_REFUSALS[refused.code](refused.message) from refused
