"""The start: who is not here is dropped, the line moves up, seeds are given, the first pairings are called."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.audit.writing import note
from tournament.entries.events import record_all
from tournament.entries.line import move_up
from tournament.entries.queries import all_entered
from tournament.entries.seeds import in_order
from tournament.history import Rating
from tournament.lifecycle import queries
from tournament.pairings.progress import progress
from tournament.tournaments.errors import NotNow
from tournament.tournaments.events import record_step
from tournament.tournaments.models import PLAYING, RUNNING, WAITING, Entry, Tournament
from tournament.tournaments.organiser_rules import check_start, start_comes_from
from tournament.tournaments.revision import touch
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player


async def start_tournament(
    session: TimedSession,
    tournament: Tournament,
    actor: Player | None,
    ratings: Mapping[UUID, Rating],
) -> None:
    """Start a tournament that the caller holds, with these ratings or those that its entries have.

    Args:
        session: its transaction; raising leaves nothing of it.
        tournament: which is open, or at one keyboard a draft.
        actor: who starts it; None is the clock.
        ratings: as history has them now.

    Raises:
        NotNow: it is a draft still, or over.
        TooFew: fewer than two would play.
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
        came_from=start_comes_from(tournament),
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
    """In Swiss each round halves those without a loss, and nobody meets anybody twice."""
    if tournament.format != "swiss":
        return tournament.rounds
    wanted = tournament.rounds or (players - 1).bit_length()
    # Of an odd number one has no opponent in each round.
    return min(wanted, players if players % 2 else players - 1)
