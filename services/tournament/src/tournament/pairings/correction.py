"""Corrects the outcome of a pairing: an organiser's decision, with a reason, in the audit log."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import OUTCOMES_BY_RULES_ALONE, CorrectionRequest
from tournament.audit.writing import add_audit_entry
from tournament.bracket.correction import LaterPairingBegun, facts_after_correction
from tournament.bracket.facts import NOBODY, Outcome
from tournament.pairings import queries
from tournament.pairings.errors import (
    LaterMatchBegun,
    NoSuchPairing,
    NotCorrectable,
    WinnerNotInPairing,
)
from tournament.pairings.events import log_pairing_corrected
from tournament.pairings.models import OVER, PLAYING, WAITING
from tournament.pairings.progress import advance_tournament
from tournament.pairings.rows import PairingRow, TournamentRows, facts_of
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import lock_organised
from tournament.tournaments.models import Tournament
from tournament.tournaments.organiser_rules import check_correcting
from tournament.tournaments.text_rules import clean_reason
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player


async def correct_outcome(
    session: TimedSession,
    organiser: Player,
    tournament_id: UUID,
    number: int,
    *,
    wish: CorrectionRequest,
) -> PairingRow:
    """Set the outcome of a finished pairing and undo what followed from the old one. Repeating it changes nothing.

    Raises:
        NoSuchTournament, NotOrganiser, NoSuchPairing
        NotCorrectable: the pairing is not over, or was decided without two players.
        WinnerNotInPairing: the winner is not one of its players.
        LaterMatchBegun: a match that depends on the outcome has begun.
        NotPossibleNow: the tournament is not running, and ended too long ago.
        PlayerGone: the organiser has been erased.
    """
    await lock_against_erasure(session, ErasedPlayer, organiser.id)
    tournament = await lock_organised(session, tournament_id, organiser)
    check_correcting(tournament, session.now)
    rows = await queries.read_rows(session, tournament.id)
    row = _find_correctable(rows, number)
    outcome = Outcome("decided", wish.winner or NOBODY)
    if outcome.winner not in {NOBODY, row.one, row.other}:
        raise WinnerNotInPairing
    if (row.how, row.winner) == (outcome.how, outcome.winner):
        return row
    reason = clean_reason(wish.reason)
    await _undo_consequences(session, tournament, rows, number, outcome)
    after = _row_with_outcome(row, outcome, session.now)
    await queries.store_pairings(session, tournament.id, [after])
    names = {each.seed: each.name for each in rows.entrants}
    add_audit_entry(
        session,
        tournament,
        organiser,
        "corrected",
        subject=f"Match {number}: {names[row.one or 0]} – {names[row.other or 0]}",
        before=_outcome_in_words(names, row),
        after=_outcome_in_words(names, after),
        reason=reason,
    )
    log_pairing_corrected(tournament, after, organiser.id)
    await advance_tournament(session, tournament)
    return after


def _find_correctable(rows: TournamentRows, number: int) -> PairingRow:
    row = next((each for each in rows.pairings if each.number == number), None)
    if row is None:
        raise NoSuchPairing
    if row.state != OVER or row.how in OUTCOMES_BY_RULES_ALONE:
        raise NotCorrectable
    return row


def _numbers_of_begun_pairings(rows: TournamentRows) -> list[int]:
    """Return the numbers of pairings with a match, running or over.

    The bracket rules recognise only pairings that were played to their end. A match that ended by resignation, or whose
    player was disqualified during it, has begun as well.
    """
    return [
        row.number
        for row in rows.pairings
        if row.state == PLAYING or (row.state == OVER and row.match_id is not None)
    ]


async def _undo_consequences(
    session: AsyncSession,
    tournament: Tournament,
    rows: TournamentRows,
    number: int,
    outcome: Outcome,
) -> None:
    """Undo what followed from the old outcome.

    Raises:
        LaterMatchBegun: a match that depends on it has begun.
    """
    facts = facts_of(tournament, rows)
    try:
        # In a thread, as in `advance_tournament`.
        corrected = await asyncio.to_thread(
            facts_after_correction, facts, number, outcome, begun=_numbers_of_begun_pairings(rows)
        )
    except LaterPairingBegun as followed:
        raise LaterMatchBegun(followed.numbers) from followed
    undrawn = {each.number for each in facts.drawn} - {each.number for each in corrected.drawn}
    undone = facts.outcomes.keys() - corrected.outcomes.keys() - undrawn
    await queries.delete_pairings(session, tournament.id, undrawn)
    await queries.store_pairings(
        session, tournament.id, [_reset_row(row) for row in rows.pairings if row.number in undone]
    )


def _reset_row(row: PairingRow) -> PairingRow:
    return PairingRow(row.number, row.section, row.round, row.one, row.other, WAITING)


def _row_with_outcome(row: PairingRow, outcome: Outcome, now: datetime) -> PairingRow:
    return row._replace(
        how=outcome.how,
        winner=outcome.winner,
        one_score=outcome.one_score,
        other_score=outcome.other_score,
        decided_at=now,
    )


def _outcome_in_words(names: dict[int, str], row: PairingRow) -> str:
    """Return how a pairing ended, in words for the audit log."""
    if not row.winner:
        return "Neither player won"
    won = f"{names[row.winner]} won"
    if row.how == "forfeit":
        return f"{won} by forfeit"
    if row.how == "played":
        return f"{won} {max(row.one_score, row.other_score)}–{min(row.one_score, row.other_score)}"
    return won
