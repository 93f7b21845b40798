"""Queries of the queue.

A transaction that locks several rows takes them in the order of player ids, and before any seat of a match, so that the
matchmaker and players who accept an invitation never deadlock. Work that can wait skips locked rows.
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

from contracts.tournament.matchmaking import MatchWish
from tournament.history import Rating
from tournament.live.models import Seat
from tournament.matchmaking.models import QueueEntry
from transcendence_common.database import TimedSession
from transcendence_common.identity import Player


async def find_waiting_entry(session: TimedSession, player_id: UUID) -> QueueEntry | None:
    """Return a player's place in the queue; None if it has expired, or while the player has a seat in a match."""
    return await session.scalar(
        select(QueueEntry).where(QueueEntry.player_id == player_id, _is_waiting(session.now))
    )


async def find_stored_entry(session: AsyncSession, player_id: UUID) -> QueueEntry | None:
    """Return a player's stored place, even if it has expired."""
    return await session.get(QueueEntry, player_id)


async def store_entry(
    session: TimedSession, player: Player, wish: MatchWish, rating: Rating, *, until: datetime
) -> QueueEntry:
    """Store a player's place in the queue, or update the stored one.

    The waiting time starts again only if the player changes the points or the match type, or if the place has expired.
    """
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


async def prolong_places(
    session: AsyncSession, player_ids: Collection[UUID], until: datetime
) -> None:
    """Prolong the places of these players, except locked ones."""
    if player_ids:
        await session.execute(
            update(QueueEntry)
            .where(QueueEntry.player_id.in_(_select_unlocked(QueueEntry.player_id.in_(player_ids))))
            .values(expires_at=until)
            .execution_options(synchronize_session=False)
        )


async def delete_places(session: AsyncSession, player_ids: Collection[UUID]) -> Sequence[UUID]:
    """Delete the places of these players; return the players who had one."""
    return await _delete_in_order(session, QueueEntry.player_id.in_(player_ids))


async def take_unchanged_places(
    session: AsyncSession, places: Collection[tuple[UUID, datetime]]
) -> bool:
    """Delete places that are unchanged, given by player and time of joining; tell whether all were."""
    found = await _delete_in_order(
        session, tuple_(QueueEntry.player_id, QueueEntry.joined_at).in_(list(places))
    )
    return len(found) == len(places)


async def find_longest_waiting(session: TimedSession, *, most: int) -> Sequence[QueueEntry]:
    found = await session.scalars(
        select(QueueEntry)
        .where(_is_waiting(session.now))
        .order_by(QueueEntry.joined_at)
        .limit(most)
    )
    return found.all()


async def count_waiting(session: TimedSession) -> tuple[int, datetime | None]:
    """Return the number of waiting players, and since when the longest has waited."""
    found = await session.execute(
        select(func.count(QueueEntry.player_id), func.min(QueueEntry.joined_at)).where(
            _is_waiting(session.now)
        )
    )
    number, since = found.one()
    return number, since


async def delete_stale_places(session: TimedSession) -> Sequence[UUID]:
    """Delete expired places, and those of players with a seat in a match; return their players."""
    swept = await session.scalars(
        delete(QueueEntry)
        .where(QueueEntry.player_id.in_(_select_unlocked(~_is_waiting(session.now))))
        .returning(QueueEntry.player_id)
    )
    return swept.all()


def _is_waiting(now: datetime) -> ColumnElement[bool]:
    seated = exists().where(Seat.player_id == QueueEntry.player_id)
    return and_(QueueEntry.expires_at > now, ~seated)


def _select_unlocked(which: ColumnElement[bool]) -> Select[UUID]:
    return select(QueueEntry.player_id).where(which).with_for_update(skip_locked=True)


async def _delete_in_order(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[UUID]:
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
