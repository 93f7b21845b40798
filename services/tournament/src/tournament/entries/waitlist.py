"""The places and the waiting list of a tournament before its start."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.entries.events import log_entries_change
from tournament.signals import player_channel
from tournament.tournaments.models import ENTERED, WAITING, Entry, Tournament
from transcendence_common.signals import notify

ENTRY_ORDER = (Entry.entered_at, Entry.id)
"""The order of the waiting list: the earliest entry first."""


async def fill_free_places(
    session: AsyncSession, tournament: Tournament, newcomer: Entry | None = None
) -> Sequence[UUID]:
    """Give free places to the first entries of the waiting list, notify their players, and return the entries' ids.

    The caller holds the tournament's row, and logs what becomes of the newcomer.
    """
    first = (
        select(Entry.id)
        .where(Entry.tournament_id == tournament.id, Entry.state == WAITING)
        .order_by(*ENTRY_ORDER)
        .limit(max(0, tournament.size - await count_entered(session, tournament.id)))
    )
    rows = await session.execute(
        update(Entry)
        .where(Entry.id.in_(first))
        .values(state=ENTERED)
        .returning(Entry.id, Entry.player_id)
        .execution_options(synchronize_session=False)
    )
    moved = rows.all()
    await notify(session, [player_channel(who) for _, who in moved if who is not None])
    others = [who for entry_id, who in moved if newcomer is None or entry_id != newcomer.id]
    log_entries_change(tournament, "entries-moved-up", others)
    return [entry_id for entry_id, _ in moved]


async def waitlist_position(session: AsyncSession, entry: Entry) -> int:
    """Return the position of an entry in the waiting list, from 1."""
    counted = await session.scalar(
        select(func.count(Entry.id)).where(
            Entry.tournament_id == entry.tournament_id,
            Entry.state == WAITING,
            tuple_(*ENTRY_ORDER) <= (entry.entered_at, entry.id),
        )
    )
    return counted or 0


async def count_entered(session: AsyncSession, tournament_id: UUID) -> int:
    """Return the number of entries with a place."""
    counted = await session.scalar(
        select(func.count(Entry.id)).where(
            Entry.tournament_id == tournament_id, Entry.state == ENTERED
        )
    )
    return counted or 0
