"""Queries for due work in online tournaments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    func,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from tournament.live.models import UNFINISHED, Match, Seat
from tournament.pairings.decisions import EndedMatch
from tournament.pairings.models import CALLED, PLAYING, Pairing
from tournament.pairings.rows import PairingRow
from tournament.tournaments.models import RUNNING, Entry, Tournament

_PAIRING_COLUMNS = [getattr(Pairing, name) for name in PairingRow._fields]
_OneEntry = aliased(Entry)


async def find_due_tournaments(
    session: AsyncSession, *, deadlines_until: datetime | None, most: int
) -> Sequence[UUID]:
    """Return tournaments with an ended match, or a call that expired by `deadlines_until` (None: ignore calls).

    In random order: tournaments that cannot be advanced must not block all others.
    """
    # Two queries, so that each uses its own index: finished pairings do not slow them down.
    have_ended = select(Pairing.tournament_id).where(_is_match_over())
    have_run_out = select(Pairing.tournament_id).where(_is_call_expired(deadlines_until))
    found = await session.scalars(
        select(Tournament.id)
        .where(
            Tournament.state == RUNNING,
            Tournament.kind == "online",
            Tournament.id.in_(union(have_ended, have_run_out)),
        )
        .order_by(func.random())
        .limit(most)
    )
    return found.all()


async def lock_running_tournament(
    session: AsyncSession, tournament_id: UUID, *, waiting: bool
) -> Tournament | None:
    """Lock the row of a running tournament and return it, or None if the tournament is not running any more.

    Without `waiting`, also return None if another transaction holds the lock.
    """
    return await session.scalar(
        select(Tournament)
        .where(Tournament.id == tournament_id, Tournament.state == RUNNING)
        .with_for_update(skip_locked=not waiting)
        .execution_options(populate_existing=True)
    )


async def find_ended_matches(
    session: AsyncSession, tournament_id: UUID
) -> list[tuple[PairingRow, EndedMatch | None]]:
    """Return pairings whose match is over, with the match; None in its place if its row has been deleted."""
    rows = await session.execute(
        select(
            *_PAIRING_COLUMNS,
            Match.id,
            # An erased player's account id is gone, but then so is the match.
            func.coalesce(Match.left_id == _OneEntry.player_id, False),
            Match.winner,
            Match.forfeited_by.is_not(None),
            Match.left_score,
            Match.right_score,
            Match.left_absent,
            Match.right_absent,
        )
        .outerjoin(Match, Match.id == Pairing.match_id)
        .outerjoin(
            _OneEntry,
            and_(_OneEntry.tournament_id == Pairing.tournament_id, _OneEntry.seed == Pairing.one),
        )
        .where(Pairing.tournament_id == tournament_id, _is_match_over())
        .order_by(Pairing.number)
    )
    width = len(_PAIRING_COLUMNS)
    return [
        (
            PairingRow(*row[:width]),
            None if row[width] is None else EndedMatch(*row[width + 1 :]),
        )
        for row in rows
    ]


async def find_expired_calls(
    session: AsyncSession, tournament_id: UUID, deadlines_until: datetime
) -> list[PairingRow]:
    """Return pairings whose call has expired."""
    rows = await session.execute(
        select(*_PAIRING_COLUMNS)
        .where(Pairing.tournament_id == tournament_id, _is_call_expired(deadlines_until))
        .order_by(Pairing.number)
    )
    return [PairingRow(*row) for row in rows]


async def find_seated_seeds(session: AsyncSession, tournament_id: UUID) -> set[int]:
    """Return the seeds of players who sit in a live match of this tournament."""
    seeds = await session.scalars(
        select(Entry.seed)
        .join(Seat, Seat.player_id == Entry.player_id)
        .join(Match, Match.id == Seat.match_id)
        .where(Entry.tournament_id == tournament_id, Match.tournament_id == tournament_id)
    )
    return {seed for seed in seeds if seed is not None}


def _is_match_over() -> ColumnElement[bool]:
    on = exists().where(Match.id == Pairing.match_id, Match.state.in_(UNFINISHED))
    return and_(Pairing.state == PLAYING, ~on.correlate(Pairing))


def _is_call_expired(deadlines_until: datetime | None) -> ColumnElement[bool]:
    if deadlines_until is None:
        return false()
    return and_(Pairing.state == CALLED, Pairing.deadline <= deadlines_until)
