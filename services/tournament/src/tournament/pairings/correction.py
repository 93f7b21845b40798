"""Corrects the outcome of a pairing: an organiser's decision, with a reason, in the audit log."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import FOLLOWS, Correction
from tournament.audit.writing import note
from tournament.bracket.correction import AlreadyFollowed, correct
from tournament.bracket.facts import NOBODY, Outcome
from tournament.pairings import queries
from tournament.pairings.errors import FollowedAlready, NoSuchPairing, NotOver, WinnerNotInPairing
from tournament.pairings.events import log_corrected
from tournament.pairings.models import OVER, PLAYING, WAITING
from tournament.pairings.progress import progress
from tournament.pairings.rows import PairingRow, Rows, facts_of
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import organised
from tournament.tournaments.models import Tournament
from tournament.tournaments.organiser_rules import check_correcting
from tournament.tournaments.text_rules import reason_of
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import hold_player
from transcendence_common.identity import Player


async def correct_outcome(
    session: TimedSession, organiser: Player, tournament_id: UUID, number: int, *, wish: Correction
) -> PairingRow:
    """Set the outcome of a finished pairing and undo what followed from the old one. Repeating it changes nothing.

    Raises:
        NoSuchTournament, NotOrganiser, NoSuchPairing
        NotOver: the pairing is not over, or was decided without two players.
        WinnerNotInPairing: the winner is not one of its players.
        FollowedAlready: a match that depends on the outcome has begun.
        NotNow: the tournament is not running, and ended too long ago.
        PlayerGone: the organiser has been erased.
    """
    await hold_player(session, ErasedPlayer, organiser.id)
    tournament = await organised(session, tournament_id, organiser)
    check_correcting(tournament, session.now)
    rows = await queries.rows_of(session, tournament.id)
    row = _correctable(rows, number)
    outcome = Outcome("decided", wish.winner or NOBODY)
    if outcome.winner not in {NOBODY, row.one, row.other}:
        raise WinnerNotInPairing
    if (row.how, row.winner) == (outcome.how, outcome.winner):
        return row
    reason = reason_of(wish.reason)
    await _take_back(session, tournament, rows, number, outcome)
    after = _decided(row, outcome, session.now)
    await queries.store(session, tournament.id, [after])
    names = {each.seed: each.name for each in rows.entrants}
    note(
        session,
        tournament,
        organiser,
        "corrected",
        subject=f"Match {number}: {names[row.one or 0]} – {names[row.other or 0]}",
        before=_words(names, row),
        after=_words(names, after),
        reason=reason,
    )
    log_corrected(tournament, after, organiser.id)
    await progress(session, tournament)
    return after


def _correctable(rows: Rows, number: int) -> PairingRow:
    row = next((each for each in rows.pairings if each.number == number), None)
    if row is None:
        raise NoSuchPairing
    if row.state != OVER or row.how in FOLLOWS:
        raise NotOver
    return row


def _begun(rows: Rows) -> list[int]:
    """Return the numbers of pairings whose match has begun, also if it ended by resignation or disqualification."""
    return [
        row.number
        for row in rows.pairings
        if row.state == PLAYING or (row.state == OVER and row.match_id is not None)
    ]


async def _take_back(
    session: AsyncSession, tournament: Tournament, rows: Rows, number: int, outcome: Outcome
) -> None:
    """Undo what followed from the old outcome.

    Raises:
        FollowedAlready: a match that depends on it has begun.
    """
    facts = facts_of(tournament, rows)
    try:
        # In a thread, as in `progress`.
        corrected = await asyncio.to_thread(correct, facts, number, outcome, begun=_begun(rows))
    except AlreadyFollowed as followed:
        raise FollowedAlready(followed.numbers) from followed
    undrawn = {each.number for each in facts.drawn} - {each.number for each in corrected.drawn}
    undone = facts.outcomes.keys() - corrected.outcomes.keys() - undrawn
    await queries.drop(session, tournament.id, undrawn)
    await queries.store(
        session, tournament.id, [_undone(row) for row in rows.pairings if row.number in undone]
    )


def _undone(row: PairingRow) -> PairingRow:
    return PairingRow(row.number, row.section, row.round, row.one, row.other, WAITING)


def _decided(row: PairingRow, outcome: Outcome, now: datetime) -> PairingRow:
    return row._replace(
        how=outcome.how,
        winner=outcome.winner,
        one_score=outcome.one_score,
        other_score=outcome.other_score,
        decided_at=now,
    )


def _words(names: dict[int, str], row: PairingRow) -> str:
    """Return how a pairing ended, in words for the audit log."""
    if not row.winner:
        return "Neither player won"
    won = f"{names[row.winner]} won"
    if row.how == "forfeit":
        return f"{won} by forfeit"
    if row.how == "played":
        return f"{won} {max(row.one_score, row.other_score)}–{min(row.one_score, row.other_score)}"
    return won
