"""Queries of relationships between players."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.players.models import Relationship
from transcendence_common.player_events import PlayerRelationship

IS_BLOCKED = or_(Relationship.low_blocks, Relationship.high_blocks)


async def store_if_newer(session: AsyncSession, event: PlayerRelationship) -> bool:
    """Store a relationship; tell whether it was stored. One of the same or a lower version is ignored."""
    entered = insert(Relationship).values(
        low_id=event.low_id,
        high_id=event.high_id,
        low_name=event.low_name,
        high_name=event.high_name,
        friends=event.friends,
        low_blocks=event.low_blocks,
        high_blocks=event.high_blocks,
        version=event.version,
    )
    new = entered.excluded
    kept = await session.scalar(
        entered.on_conflict_do_update(
            index_elements=[Relationship.low_id, Relationship.high_id],
            set_={
                "low_name": new.low_name,
                "high_name": new.high_name,
                "friends": new.friends,
                "low_blocks": new.low_blocks,
                "high_blocks": new.high_blocks,
                "version": new.version,
            },
            where=Relationship.version < new.version,
        ).returning(Relationship.version)
    )
    return kept is not None


async def are_friends(session: AsyncSession, one: UUID, other: UUID) -> bool:
    found = select(exists().where(_is_between(one, other), Relationship.friends))
    return bool(await session.scalar(found))


async def is_blocked(session: AsyncSession, one: UUID, other: UUID) -> bool:
    """Tell whether either player blocks the other."""
    return bool(await session.scalar(select(exists().where(_is_between(one, other), IS_BLOCKED))))


async def blocked_pairs(
    session: AsyncSession, player_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Return the pairs among these players of which one blocks the other, the lower id first."""
    rows = await session.execute(
        select(Relationship.low_id, Relationship.high_id).where(
            Relationship.low_id.in_(player_ids), Relationship.high_id.in_(player_ids), IS_BLOCKED
        )
    )
    return {(low, high) for low, high in rows}


async def friends_of(session: AsyncSession, player_id: UUID) -> list[tuple[UUID, str]]:
    """Return a player's friends as (id, name), by name."""
    is_low = Relationship.low_id == player_id
    name = case((is_low, Relationship.high_name), else_=Relationship.low_name)
    rows = await session.execute(
        select(case((is_low, Relationship.high_id), else_=Relationship.low_id), name)
        .where(_is_with(player_id), Relationship.friends)
        .order_by(name)
    )
    return [(friend_id, friend_name) for friend_id, friend_name in rows]


async def delete_relationships(session: AsyncSession, player_id: UUID) -> None:
    """Delete a player's relationships in the order of their ids.

    Without it, three players erased at once could deadlock.
    """
    held = (
        select(Relationship.low_id, Relationship.high_id)
        .where(_is_with(player_id))
        .order_by(Relationship.low_id, Relationship.high_id)
        .with_for_update()
        .cte("held")
    )
    await session.execute(
        delete(Relationship).where(
            tuple_(Relationship.low_id, Relationship.high_id).in_(
                select(held.c.low_id, held.c.high_id)
            )
        )
    )


def _is_between(one: UUID, other: UUID) -> ColumnElement[bool]:
    low, high = sorted((one, other))
    return and_(Relationship.low_id == low, Relationship.high_id == high)


def _is_with(player_id: UUID) -> ColumnElement[bool]:
    return or_(Relationship.low_id == player_id, Relationship.high_id == player_id)
