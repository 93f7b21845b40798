"""The line before the start: who has a place, and who waits for one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.entries.events import record_all
from tournament.signals import games_channel
from tournament.tournaments.models import ENTERED, WAITING, Entry, Tournament
from transcendence_common.signals import notify

IN_ORDER = (Entry.entered_at, Entry.id)
"""Who came first is first in the line."""


async def move_up(
    session: AsyncSession, tournament: Tournament, newcomer: Entry | None = None
) -> Sequence[UUID]:
    """Give what places are free to the first in the line, and tell them; return their entries' ids.

    The caller holds the tournament, and logs itself what becomes of a newcomer.
    """
    first = (
        select(Entry.id)
        .where(Entry.tournament_id == tournament.id, Entry.state == WAITING)
        .order_by(*IN_ORDER)
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
    await notify(session, [games_channel(who) for _, who in moved if who is not None])
    others = [who for entry_id, who in moved if newcomer is None or entry_id != newcomer.id]
    record_all(tournament, "entries-moved-up", others)
    return [entry_id for entry_id, _ in moved]


async def count_up_to(session: AsyncSession, entry: Entry) -> int:
    """Return how many wait before somebody who waits, and they."""
    counted = await session.scalar(
        select(func.count(Entry.id)).where(
            Entry.tournament_id == entry.tournament_id,
            Entry.state == WAITING,
            tuple_(*IN_ORDER) <= (entry.entered_at, entry.id),
        )
    )
    return counted or 0


async def count_entered(session: AsyncSession, tournament_id: UUID) -> int:
    """Return how many have a place."""
    counted = await session.scalar(
        select(func.count(Entry.id)).where(
            Entry.tournament_id == tournament_id, Entry.state == ENTERED
        )
    )
    return counted or 0
