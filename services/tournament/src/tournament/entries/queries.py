"""Queries of entries. Writers hold the tournament's row, so that no entry changes meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import EntryState
from tournament.entries.waitlist import ENTRY_ORDER
from tournament.history import Rating
from tournament.tournaments.models import ENTERED, PLAYING, WAITING, WITHDRAWN, Entry, Tournament
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player
from transcendence_common.ids import new_id


async def find_entry_of_player(
    session: AsyncSession, tournament_id: UUID, player_id: UUID
) -> Entry | None:
    """Return a player's entry in any state, or None."""
    return await session.scalar(
        select(Entry)
        .where(Entry.tournament_id == tournament_id, Entry.player_id == player_id)
        .execution_options(populate_existing=True)
    )


async def find_entry(session: AsyncSession, tournament_id: UUID, entry_id: UUID) -> Entry | None:
    return await session.scalar(
        select(Entry)
        .where(Entry.tournament_id == tournament_id, Entry.id == entry_id)
        .execution_options(populate_existing=True)
    )


async def store_entry(
    session: TimedSession,
    tournament: Tournament,
    player: Player,
    rating: Rating,
    *,
    state: EntryState,
    seed: int | None = None,
) -> Entry:
    """Store an entry; one that was dropped at the start is reset."""
    fresh = {
        "name": player.name,
        "rating": rating.rating,
        "deviation": rating.deviation,
        "state": state,
        "entered_at": session.now,
        "seed": seed,
        "late": seed is not None,
    }
    taken = await session.scalars(
        insert(Entry)
        .values(id=new_id(), tournament_id=tournament.id, player_id=player.id, **fresh)
        .on_conflict_do_update(constraint="uq_entries_player", set_=fresh)
        .returning(Entry),
        execution_options={"populate_existing": True},
    )
    return taken.one()


async def count_playing(session: AsyncSession, tournament_id: UUID) -> int:
    """Return the number of players who play, or have withdrawn and may return."""
    counted = await session.scalar(
        select(func.count(Entry.id)).where(
            Entry.tournament_id == tournament_id, Entry.state.in_((PLAYING, WITHDRAWN))
        )
    )
    return counted or 0


async def find_last_seed(session: AsyncSession, tournament_id: UUID) -> int:
    found = await session.scalar(
        select(func.max(Entry.seed)).where(Entry.tournament_id == tournament_id)
    )
    return found or 0


async def find_entered(session: AsyncSession, tournament_id: UUID) -> Sequence[Entry]:
    """Return the entries with a place before the start, the earliest first."""
    found = await session.scalars(
        select(Entry)
        .where(Entry.tournament_id == tournament_id, Entry.state == ENTERED)
        .order_by(*ENTRY_ORDER)
    )
    return found.all()


async def find_waiting(
    session: AsyncSession, tournament_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Entry]:
    """Return the entries on the waiting list, the earliest first."""
    waiting = select(Entry).where(Entry.tournament_id == tournament_id, Entry.state == WAITING)
    if after is not None:
        waiting = waiting.where(tuple_(*ENTRY_ORDER) > after)
    return (await session.scalars(waiting.order_by(*ENTRY_ORDER).limit(limit))).all()


async def find_seeded(
    session: AsyncSession, tournament_id: UUID, *, after: int, limit: int
) -> Sequence[Entry]:
    """Return the entries present at the start or entered since, by seed."""
    found = await session.scalars(
        select(Entry)
        .where(Entry.tournament_id == tournament_id, Entry.seed > after)
        .order_by(Entry.seed)
        .limit(limit)
    )
    return found.all()
