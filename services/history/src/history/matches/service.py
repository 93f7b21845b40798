"""Verifies and stores a match that a player submits with its ticket."""

from datetime import datetime

from contracts.history.matches import InputLogBody, MatchSubmission
from contracts.history.modes import HOTSEAT
from history.errors import MatchRefused, TicketOfOtherPlayer, TicketUsed
from history.matches.events import log_match_refused, log_match_stored
from history.matches.queries import find_simulation_input, get_match
from history.matches.storing import StoredMatch, insert_match, insert_participations
from history.matches.verification import (
    GameSettings,
    SimulationInput,
    check_without_simulation,
    simulate_match,
)
from history.players.models import ErasedPlayer
from history.players.totals import add_to_player_totals
from history.tickets.signing import TicketClaims, TicketSigner
from pong.court import LEFT, RIGHT
from pong.log import Outcome
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player
from transcendence_common.reads import Reads, SessionReads

_SIDE_KINDS_BY_MODE = {
    "ai": ("player", "ai"),
    "local": ("player", "guest"),
    HOTSEAT: ("guest", "guest"),
}
"""Kinds of the left and the right side, by mode."""


async def verify_and_store_match(
    session: TimedSession,
    reads: Reads,
    submission: MatchSubmission,
    *,
    tickets: TicketSigner,
    player: Player,
) -> StoredMatch:
    """Verify a finished match and store the result of its simulation; the same log again returns the same record.

    Raises:
        MatchRefused: a subclass for each reason why it is not the player's own finished match.
        PlayerGone: the player's account was deleted while their access token is still valid.
    """
    ticket: TicketClaims | None = None
    try:
        ticket = tickets.verify(submission.ticket)
        if ticket.sub != player.id:
            raise TicketOfOtherPlayer
        created = await _store_once(session, reads, ticket, submission.inputs)
    except MatchRefused as refused:
        # The claims of a forged ticket are not logged.
        match_id, mode = (ticket.match_id, ticket.mode) if ticket else (None, "")
        ticks = submission.inputs.ticks
        log_match_refused(refused, match_id, player_id=player.id, mode=mode, ticks=ticks)
        raise
    if created:
        ticks = submission.inputs.ticks
        log_match_stored(ticket.match_id, ticket.mode, ticks=ticks, player_id=ticket.sub)
    return StoredMatch(await get_match(SessionReads(session), ticket.match_id, ticket.sub), created)


async def _store_once(
    session: TimedSession, reads: Reads, ticket: TicketClaims, inputs: InputLogBody
) -> bool:
    """Store a match unless it is stored; tell whether this call stored it."""
    # Looked up first, because a stored match stays accepted, however late its log is sent again. Outside of the
    # session, so that no database connection is held while waiting for a simulation.
    played = SimulationInput(
        GameSettings(ticket.mode, ticket.level, ticket.seed, ticket.points), inputs
    )
    stored = await find_simulation_input(reads, ticket.match_id)
    if stored is None:
        check_without_simulation(ticket, inputs, session.now)
        outcome = await simulate_match(played)
        await lock_against_erasure(session, ErasedPlayer, ticket.sub)
        if await _insert_with_players(session, ticket, played, outcome):
            return True
        # The same ticket was received twice in parallel, and the other request stored it first.
        stored = await find_simulation_input(SessionReads(session), ticket.match_id)
    else:
        await lock_against_erasure(session, ErasedPlayer, ticket.sub)
    if stored != played:
        raise TicketUsed
    return False


async def _insert_with_players(
    session: TimedSession, ticket: TicketClaims, played: SimulationInput, outcome: Outcome
) -> bool:
    """Insert a match with its sides and totals, or nothing if its ticket was used before."""
    hosted = ticket.mode == HOTSEAT
    if not await insert_match(
        session,
        ticket.match_id,
        played,
        outcome,
        rules=ticket.rules,
        played_at=session.now,
        host_id=ticket.sub if hosted else None,
    ):
        return False
    await insert_participations(session, _participation_rows(ticket, outcome, session.now))
    await add_to_player_totals(
        session,
        mode=ticket.mode,
        longest_rally=outcome.longest_rally,
        won={} if hosted else {ticket.sub: outcome.winner == LEFT},
    )
    return True


def _participation_rows(
    ticket: TicketClaims, outcome: Outcome, now: datetime
) -> list[dict[str, object]]:
    shared = {"match_id": ticket.match_id, "mode": ticket.mode, "played_at": now}
    names = (ticket.name, ticket.opponent_name)
    return [
        {
            **shared,
            "side": side,
            "player_id": ticket.sub if kind == "player" else None,
            "name": name,
            "kind": kind,
            "outcome": "won" if outcome.winner == side else "lost",
        }
        for side, name, kind in zip(
            (LEFT, RIGHT), names, _SIDE_KINDS_BY_MODE[ticket.mode], strict=True
        )
    ]
