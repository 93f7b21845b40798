"""What is asked of the queue.

Whoever takes several rows locks them in the order of the players' ids, and before any seat at a match: the matchmaker
and those who accept an invitation wait for each other in one order. What can be done later passes over what is locked.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.matchmaking import Wish
from tournament.history import Rating
from tournament.live.models import Seat
from tournament.matchmaking.models import QueueEntry
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player


async def entry_of(session: TimedSession, player_id: UUID) -> QueueEntry | None:
    """Return somebody's place in the queue; there is none for who sits in a match."""
    return await session.scalar(
        select(QueueEntry).where(QueueEntry.player_id == player_id, _waits(session.now))
    )


async def kept_of(session: AsyncSession, player_id: UUID) -> QueueEntry | None:
    """Return what is stored of somebody, whether it counts still or not."""
    return await session.get(QueueEntry, player_id)


async def enter(
    session: TimedSession, player: Player, wish: Wish, rating: Rating, *, until: datetime
) -> QueueEntry:
    """Take a place, or keep the one there is: waiting begins again only for another match, or after an absence."""
    another = or_(
        QueueEntry.expires_at <= session.now,
        QueueEntry.points != wish.points,
        QueueEntry.rated != wish.rated,
    )
    place = {
        "name": player.name,
        "points": wish.points,
        "rated": wish.rated,
        "rating": rating.rating,
        "deviation": rating.deviation,
        "expires_at": until,
    }
    entered = await session.scalars(
        insert(QueueEntry)
        .values(player_id=player.id, joined_at=session.now, **place)
        .on_conflict_do_update(
            index_elements=[QueueEntry.player_id],
            set_={**place, "joined_at": case((another, session.now), else_=QueueEntry.joined_at)},
        )
        .returning(QueueEntry)
    )
    return entered.one()


async def prolong(session: AsyncSession, player_ids: Collection[UUID], until: datetime) -> None:
    """Keep the places of people who are here."""
    if player_ids:
        await session.execute(
            update(QueueEntry)
            .where(QueueEntry.player_id.in_(_unlocked(QueueEntry.player_id.in_(player_ids))))
            .values(expires_at=until)
            .execution_options(synchronize_session=False)
        )


async def leave(session: AsyncSession, player_ids: Collection[UUID]) -> Sequence[UUID]:
    """Give places up; return whose there were."""
    return await _delete(session, QueueEntry.player_id.in_(player_ids))


async def take(session: AsyncSession, places: Collection[tuple[UUID, datetime]]) -> bool:
    """Give places up that are still what they were, by player and time of joining; tell whether all of them were."""
    found = await _delete(
        session, tuple_(QueueEntry.player_id, QueueEntry.joined_at).in_(list(places))
    )
    return len(found) == len(places)


async def longest_waiting(session: TimedSession, *, most: int) -> Sequence[QueueEntry]:
    found = await session.scalars(
        select(QueueEntry).where(_waits(session.now)).order_by(QueueEntry.joined_at).limit(most)
    )
    return found.all()


async def count_waiting(session: TimedSession) -> tuple[int, datetime | None]:
    """Return how many wait, and since when the one does who has waited longest."""
    found = await session.execute(
        select(func.count(QueueEntry.player_id), func.min(QueueEntry.joined_at)).where(
            _waits(session.now)
        )
    )
    number, since = found.one()
    return number, since


async def sweep(session: TimedSession) -> Sequence[UUID]:
    """Forget places that nobody prolonged, or whose player has found a match elsewhere; return whose."""
    swept = await session.scalars(
        delete(QueueEntry)
        .where(QueueEntry.player_id.in_(_unlocked(~_waits(session.now))))
        .returning(QueueEntry.player_id)
    )
    return swept.all()


def _waits(now: datetime) -> ColumnElement[bool]:
    seated = exists().where(Seat.player_id == QueueEntry.player_id)
    return and_(QueueEntry.expires_at > now, ~seated)


def _unlocked(which: ColumnElement[bool]) -> Select[UUID]:
    return select(QueueEntry.player_id).where(which).with_for_update(skip_locked=True)


async def _delete(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[UUID]:
    in_order = (
        select(QueueEntry.player_id)
        .where(which)
        .order_by(QueueEntry.player_id)
        .with_for_update()
        .cte("in_order")
    )
    deleted = await session.scalars(
        delete(QueueEntry)
        .where(QueueEntry.player_id.in_(select(in_order.c.player_id)))
        .returning(QueueEntry.player_id)
    )
    return deleted.all()
