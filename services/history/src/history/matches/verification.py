"""Verifies that a log is a finished match of its ticket, by simulating it."""

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts.history.matches import MAX_CHANGES, Inputs
from history.errors import LOG_REFUSALS, LogTooFast, LogTooLong, RulesUnknown, TicketExpired
from history.matches.metrics import VERIFICATION_SECONDS
from history.tickets.signing import Ticket
from pong.court import MAX_TICKS, NOBODY, RULES_VERSION, TICKS_PER_SECOND
from pong.log import LogRefused, Outcome, replay

CLOCK_TOLERANCE = timedelta(seconds=2)
"""Tolerance for differences between clocks: two replicas differ by less, and a browser's clock gains far less in half
an hour."""
MAX_CHANGES_IN_LINE = 2_000
"""Changes up to which a simulation blocks the event loop for less than 10 ms, which is cheaper than a thread."""

# One simulation at a time: two threads are not faster, and would halve the turns of the event loop, every 5 ms.
_turn = asyncio.Semaphore(1)


class Game(NamedTuple):
    """The settings of a match, and the side that forfeited."""

    mode: str
    level: str | None
    seed: int
    points: int
    forfeited_by: int = NOBODY


class Played(NamedTuple):
    """All inputs of a match's simulation. Two matches under one ID are the same only if these are equal."""

    game: Game
    inputs: Inputs


def check_claims(ticket: Ticket, inputs: Inputs, now: datetime) -> None:
    """Reject a log that is invalid without a simulation.

    Raises:
        MatchRefused: the ticket has expired, its rules are not the current ones, or the log is too long or too fast.
    """
    if now.timestamp() >= ticket.exp:
        raise TicketExpired
    check_rules_and_length(ticket.rules, inputs, most_changes=MAX_CHANGES)
    possible = _possible_ticks(ticket, now)
    if inputs.ticks > possible:
        raise LogTooFast(inputs.ticks, possible)


def check_rules_and_length(rules: int, inputs: Inputs, *, most_changes: int) -> None:
    """Reject a log that cannot be simulated, or would take too long.

    Raises:
        MatchRefused: the rules are not the current ones, or the log is too long.
    """
    if rules != RULES_VERSION:
        raise RulesUnknown(rules, RULES_VERSION)
    if inputs.ticks > MAX_TICKS or len(inputs.changes) > most_changes:
        raise LogTooLong(f"A log holds at most {MAX_TICKS} ticks and {most_changes} changes.")


async def simulate(played: Played) -> Outcome:
    """Simulate a match from its log and return the result.

    Raises:
        MatchRefused: the log is not that of a finished match.
    """
    if len(played.inputs.changes) <= MAX_CHANGES_IN_LINE:
        return _simulate(played)
    async with _turn:
        return await asyncio.to_thread(_simulate, played)


def _possible_ticks(ticket: Ticket, now: datetime) -> int:
    seconds = now.timestamp() - ticket.iat + CLOCK_TOLERANCE.total_seconds()
    return int(seconds * TICKS_PER_SECOND)


def _simulate(played: Played) -> Outcome:
    mode, level, seed, points, forfeited_by = played.game
    try:
        with VERIFICATION_SECONDS.time():
            return replay(mode, level, seed, points, played.inputs, forfeited_by=forfeited_by)
    except LogRefused as refused:
        raise LOG_REFUSALS[refused.code](refused.message) from refused
