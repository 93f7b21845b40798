"""Starts a tournament.

Absent players are dropped, the waiting list fills their places, seeds are given and the first pairings called.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.audit.writing import note
from tournament.entries.events import record_all
from tournament.entries.queries import all_entered
from tournament.entries.seeds import in_order
from tournament.entries.waitlist import move_up
from tournament.history import Rating
from tournament.lifecycle import queries
from tournament.pairings.progress import progress
from tournament.tournaments.errors import NotNow
from tournament.tournaments.events import record_step
from tournament.tournaments.models import PLAYING, RUNNING, WAITING, Entry, Tournament
from tournament.tournaments.organiser_rules import check_start, state_before_start
from tournament.tournaments.revision import touch
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
        ratings: ratings from history by player; other players keep the ratings of their entries.

    Raises:
        NotNow: it is still a draft, or over.
        TooFew: fewer than two players would play.
    """
    check_start(tournament, (await queries.counts_of(session, tournament)).here)
    await _settle_line(session, tournament)
    entries = await all_entered(session, tournament.id)
    _refresh_ratings(entries, ratings)
    _give_seeds(in_order(tournament, entries))
    await session.flush()
    moved = await queries.move(
        session,
        tournament,
        came_from=state_before_start(tournament),
        state=RUNNING,
        started_at=session.now,
        entrants=len(entries),
        rounds=_rounds(tournament, len(entries)),
    )
    if not moved:
        raise NotNow("The tournament has changed in the meantime. Reload and try again.")
    note(session, tournament, actor, "started", after=f"{len(entries)} players")
    await touch(session, tournament)
    await progress(session, tournament)
    record_step(tournament, "started", actor)


async def _settle_line(session: AsyncSession, tournament: Tournament) -> None:
    if tournament.check_in_minutes is not None:
        absent = await queries.drop(session, tournament.id, Entry.checked_in_at.is_(None))
        record_all(tournament, "entries-dropped", absent)
    await move_up(session, tournament)
    left_over = await queries.drop(session, tournament.id, Entry.state == WAITING)
    record_all(tournament, "entries-dropped", left_over)


def _refresh_ratings(entries: Sequence[Entry], ratings: Mapping[UUID, Rating]) -> None:
    for each in entries:
        rating = None if each.player_id is None else ratings.get(each.player_id)
        if rating is not None:
            each.rating, each.deviation = rating.rating, rating.deviation


def _give_seeds(entries: Sequence[Entry]) -> None:
    for number, each in enumerate(entries, 1):
        each.seed = number
        each.state = PLAYING


def _rounds(tournament: Tournament, players: int) -> int | None:
    """Return the number of rounds. Each Swiss round halves the players without a loss, and no pair meets twice."""
    if tournament.format != "swiss":
        return tournament.rounds
    wanted = tournament.rounds or (players - 1).bit_length()
    # With an odd number of players, one has no opponent in each round.
    return min(wanted, players if players % 2 else players - 1)
