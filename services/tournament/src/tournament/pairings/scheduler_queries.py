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

_PAIRING = [getattr(Pairing, name) for name in PairingRow._fields]
_One = aliased(Entry)


async def due(session: AsyncSession, *, called_until: datetime | None, most: int) -> Sequence[UUID]:
    """Return tournaments with an ended match, or a call that expired by `called_until` (None: ignore calls).

    In random order: tournaments that cannot be advanced must not block all others.
    """
    # Two queries, so that each uses its own index: finished pairings do not slow them down.
    have_ended = select(Pairing.tournament_id).where(_has_ended())
    have_run_out = select(Pairing.tournament_id).where(_ran_out(called_until))
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


async def take(session: AsyncSession, tournament_id: UUID, *, waiting: bool) -> Tournament | None:
    """Lock a running tournament. None if it no longer runs or, unless `waiting`, if another transaction holds it."""
    return await session.scalar(
        select(Tournament)
        .where(Tournament.id == tournament_id, Tournament.state == RUNNING)
        .with_for_update(skip_locked=not waiting)
        .execution_options(populate_existing=True)
    )


async def ended(
    session: AsyncSession, tournament_id: UUID
) -> list[tuple[PairingRow, EndedMatch | None]]:
    """Return pairings whose match is over, with the match; None in its place if its row has been deleted."""
    rows = await session.execute(
        select(
            *_PAIRING,
            Match.id,
            # An erased player's account id is gone, but then so is the match.
            func.coalesce(Match.left_id == _One.player_id, False),
            Match.winner,
            Match.forfeited_by.is_not(None),
            Match.left_score,
            Match.right_score,
            Match.left_absent,
            Match.right_absent,
        )
        .outerjoin(Match, Match.id == Pairing.match_id)
        .outerjoin(
            _One, and_(_One.tournament_id == Pairing.tournament_id, _One.seed == Pairing.one)
        )
        .where(Pairing.tournament_id == tournament_id, _has_ended())
        .order_by(Pairing.number)
    )
    width = len(_PAIRING)
    return [
        (
            PairingRow(*row[:width]),
            None if row[width] is None else EndedMatch(*row[width + 1 :]),
        )
        for row in rows
    ]


async def ran_out(
    session: AsyncSession, tournament_id: UUID, called_until: datetime
) -> list[PairingRow]:
    """Return pairings whose call has expired."""
    rows = await session.execute(
        select(*_PAIRING)
        .where(Pairing.tournament_id == tournament_id, _ran_out(called_until))
        .order_by(Pairing.number)
    )
    return [PairingRow(*row) for row in rows]


async def still_seated(session: AsyncSession, tournament_id: UUID) -> set[int]:
    """Return the seeds of players who sit in a live match of this tournament."""
    seeds = await session.scalars(
        select(Entry.seed)
        .join(Seat, Seat.player_id == Entry.player_id)
        .join(Match, Match.id == Seat.match_id)
        .where(Entry.tournament_id == tournament_id, Match.tournament_id == tournament_id)
    )
    return {seed for seed in seeds if seed is not None}


def _has_ended() -> ColumnElement[bool]:
    on = exists().where(Match.id == Pairing.match_id, Match.state.in_(UNFINISHED))
    return and_(Pairing.state == PLAYING, ~on.correlate(Pairing))


def _ran_out(called_until: datetime | None) -> ColumnElement[bool]:
    if called_until is None:
        return false()
    return and_(Pairing.state == CALLED, Pairing.deadline <= called_until)
