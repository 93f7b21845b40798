"""Verifies that a log is a finished match of its ticket, by simulating it."""

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts.history.matches import MAX_CHANGES, InputLogBody
from history.errors import LOG_REFUSALS, LogTooFast, LogTooLong, OtherRulesVersion, TicketExpired
from history.matches.metrics import VERIFICATION_SECONDS
from history.tickets.signing import TicketClaims
from pong.court import MAX_TICKS, NOBODY, RULES_VERSION, TICKS_PER_SECOND
from pong.log import LogRefused, Outcome, replay

CLOCK_TOLERANCE = timedelta(seconds=2)
"""Tolerance for differences between clocks: two replicas differ by less, and a browser's clock gains far less in half
an hour."""
MAX_CHANGES_WITHOUT_THREAD = 2_000
"""Changes up to which a simulation blocks the event loop for less than 10 ms, which is cheaper than a thread."""

# One simulation at a time: two threads are not faster, and would halve the turns of the event loop, every 5 ms.
_SIMULATION_TURN = asyncio.Semaphore(1)


class GameSettings(NamedTuple):
    """The settings of a match, and the side that forfeited."""

    mode: str
    level: str | None
    seed: int
    points: int
    forfeited_by: int = NOBODY


class SimulationInput(NamedTuple):
    """All inputs of a match's simulation. Two matches under one ID are the same only if these are equal."""

    game: GameSettings
    inputs: InputLogBody


def check_without_simulation(ticket: TicketClaims, inputs: InputLogBody, now: datetime) -> None:
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


def check_rules_and_length(rules: int, inputs: InputLogBody, *, most_changes: int) -> None:
    """Reject a log that cannot be simulated, or would take too long.

    Raises:
        MatchRefused: the rules are not the current ones, or the log is too long.
    """
    if rules != RULES_VERSION:
        raise OtherRulesVersion(rules, RULES_VERSION)
    if inputs.ticks > MAX_TICKS or len(inputs.changes) > most_changes:
        raise LogTooLong(f"A log holds at most {MAX_TICKS} ticks and {most_changes} changes.")


async def simulate_match(played: SimulationInput) -> Outcome:
    """Simulate a match from its log and return the result.

    Raises:
        MatchRefused: the log is not that of a finished match.
    """
    if len(played.inputs.changes) <= MAX_CHANGES_WITHOUT_THREAD:
        return _simulate_now(played)
    async with _SIMULATION_TURN:
        return await asyncio.to_thread(_simulate_now, played)


def _possible_ticks(ticket: TicketClaims, now: datetime) -> int:
    seconds = now.timestamp() - ticket.iat + CLOCK_TOLERANCE.total_seconds()
    return int(seconds * TICKS_PER_SECOND)


def _simulate_now(played: SimulationInput) -> Outcome:
    mode, level, seed, points, forfeited_by = played.game
    try:
        with VERIFICATION_SECONDS.time():
            return replay(mode, level, seed, points, played.inputs, forfeited_by=forfeited_by)
    except LogRefused as refused:
        raise LOG_REFUSALS[refused.code](refused.message) from refused
