"""Erased players: a row and a lock for each, so that no data of a player is stored during or after the erasure.

An access token outlives its account by up to 10 min. A service that stores data of a player first calls
`lock_against_erasure` in the same transaction. A service that erases a player first calls `begin_erasure`.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from transcendence_common.problems import Problem

LOCK_BITS = 64
"""Bits of the key of a PostgreSQL advisory lock."""

_TRY_LOCKS: Final = text("""
    SELECT given.key, pg_try_advisory_xact_lock_shared(given.key)
    FROM unnest(CAST(:keys AS bigint[])) AS given (key)
""")


class PlayerGone(Problem):
    """The player's account has been deleted, but their access token has not expired yet."""

    code = "player_gone"
    status = 403
    title_text = "This account has been deleted"

    def __init__(self) -> None:
        super().__init__("This account has been deleted, so nothing more can be stored for it.")


class ErasedPlayerColumns:
    """Columns of a service's table of erased players; the service mixes them into its own model."""

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    """The id of the first event that reported the erasure."""
    erased_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    """The time at which the account was deleted, according to the event."""


async def lock_against_erasure(
    session: AsyncSession, erased: type[ErasedPlayerColumns], player_id: UUID
) -> None:
    """Keep the player from being erased until the transaction ends.

    Raises:
        PlayerGone: the player is erased, or is being erased now.
    """
    if not await lock_players_against_erasure(session, erased, [player_id]):
        raise PlayerGone


async def lock_players_against_erasure(
    session: AsyncSession, erased: type[ErasedPlayerColumns], player_ids: Sequence[UUID]
) -> set[UUID]:
    """Keep players from being erased until the transaction ends; return those who are not erased, nor being erased."""
    by_key = {_lock_key(each): each for each in player_ids}
    locked = await session.execute(_TRY_LOCKS, {"keys": list(by_key)})
    here = {by_key[key] for key, is_locked in locked if is_locked}
    # Two statements: one that had begun before the lock was free would not see what its last holder wrote.
    statement = _select_erased(erased)  # type: ignore[arg-type] # mypy takes the class for its instance
    gone = await session.scalars(statement, {"player_ids": list(here)})
    return here.difference(gone)


async def begin_erasure(
    session: AsyncSession,
    erased: type[ErasedPlayerColumns],
    player_id: UUID,
    *,
    event_id: UUID,
    at: datetime,
) -> bool:
    """Record that a player is erased, after waiting for transactions that store data of the player.

    Returns:
        False if it was recorded before: then the player's data has been deleted already.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_lock_key(player_id))))
    tombstone = insert(erased).values(player_id=player_id, event_id=event_id, erased_at=at)
    written = await session.scalar(tombstone.on_conflict_do_nothing().returning(erased.player_id))
    return written is not None


def _lock_key(player_id: UUID) -> int:
    """Return the lock's key: the last 64 bits of the id, signed. 62 of them are random, so keys do not collide."""
    return player_id.int % (1 << LOCK_BITS) - (1 << LOCK_BITS - 1)


@cache
def _select_erased(erased: type[ErasedPlayerColumns]) -> Select[UUID]:
    """Return the statement, which is built once for each service."""
    return select(erased.player_id).where(
        erased.player_id == any_(bindparam("player_ids", type_=ARRAY(Uuid)))
    )
