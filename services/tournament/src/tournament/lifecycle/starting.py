"""Starts a tournament.

Absent players are dropped, the waiting list fills their places, seeds are given and the first pairings called.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.audit.writing import add_audit_entry
from tournament.entries.events import log_entries_change
from tournament.entries.queries import find_entered
from tournament.entries.seeds import in_seed_order
from tournament.entries.waitlist import fill_free_places
from tournament.history import Rating
from tournament.lifecycle import queries
from tournament.pairings.progress import advance_tournament
from tournament.tournaments.errors import NotPossibleNow
from tournament.tournaments.events import log_step
from tournament.tournaments.models import PLAYING, RUNNING, WAITING, Entry, Tournament
from tournament.tournaments.organiser_rules import check_start, state_before_start
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player


async def start_tournament(
    session: TimedSession,
    tournament: Tournament,
    actor: Player | None,
    ratings: Mapping[UUID, Rating],
) -> None:
    """Start a tournament whose row the caller holds.

    Args:
        session: the caller's session; after an error its transaction must be rolled back.
        tournament: an open tournament, or a hotseat draft.
        actor: the player who starts it; None if it is due.
        ratings: ratings from history by player id; the other players keep the ratings stored at their entry.

    Raises:
        NotPossibleNow: it is still a draft, or over.
        TooFewPlayers: fewer than two players would play.
    """
    check_start(tournament, (await queries.count_entries(session, tournament)).here)
    await _drop_absent_and_fill_places(session, tournament)
    entries = await find_entered(session, tournament.id)
    _refresh_ratings(entries, ratings)
    _assign_seeds(in_seed_order(tournament, entries))
    await session.flush()
    moved = await queries.update_in_state(
        session,
        tournament,
        came_from=state_before_start(tournament),
        state=RUNNING,
        started_at=session.now,
        entrants=len(entries),
        rounds=_round_count(tournament, len(entries)),
    )
    if not moved:
        raise NotPossibleNow("The tournament has changed in the meantime. Reload and try again.")
    add_audit_entry(session, tournament, actor, "started", after=f"{len(entries)} players")
    await raise_revision(session, tournament)
    await advance_tournament(session, tournament)
    log_step(tournament, "started", actor)


async def _drop_absent_and_fill_places(session: AsyncSession, tournament: Tournament) -> None:
    if tournament.check_in_minutes is not None:
        absent = await queries.drop_entries(session, tournament.id, Entry.checked_in_at.is_(None))
        log_entries_change(tournament, "entries-dropped", absent)
    await fill_free_places(session, tournament)
    left_over = await queries.drop_entries(session, tournament.id, Entry.state == WAITING)
    log_entries_change(tournament, "entries-dropped", left_over)


def _refresh_ratings(entries: Sequence[Entry], ratings: Mapping[UUID, Rating]) -> None:
    for each in entries:
        rating = None if each.player_id is None else ratings.get(each.player_id)
        if rating is not None:
            each.rating, each.deviation = rating.rating, rating.deviation


def _assign_seeds(entries: Sequence[Entry]) -> None:
    for number, each in enumerate(entries, 1):
        each.seed = number
        each.state = PLAYING


def _round_count(tournament: Tournament, players: int) -> int | None:
    """Return the number of rounds.

    Swiss: the organiser's number, else enough to leave one player without a loss, but never so many that a pair would
    meet twice. Other formats: `tournament.rounds` unchanged.
    """
    if tournament.format != "swiss":
        return tournament.rounds
    wanted = tournament.rounds or (players - 1).bit_length()
    # With an odd number of players, one has no opponent in each round.
    return min(wanted, players if players % 2 else players - 1)
