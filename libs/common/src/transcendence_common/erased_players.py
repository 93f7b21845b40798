"""Who is gone: a row and a lock a player, so that nothing of theirs is stored beside their erasure or after it.

An access token outlives its account by up to ten minutes. A service that stores something of a player calls
`hold_player` first, in the same transaction; a service that forgets a player calls `begin_erasure` first.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import TIMESTAMP, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from transcendence_common.problems import Problem

LOCK_BITS = 64
"""What PostgreSQL's advisory locks are told apart by."""


class PlayerGone(Problem):
    """The account of this player has been deleted; only their access token has not expired yet."""

    code = "player_gone"
    status = 403
    title_text = "This account has been deleted"

    def __init__(self) -> None:
        super().__init__("This account has been deleted, so nothing more can be stored for it.")


class ErasedPlayerColumns:
    """The columns of a service's table of players who are gone: it mixes them into a model of its own."""

    player_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    """Of the event that said so first."""
    erased_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    """When the account was deleted, as the event says."""


async def hold_player(
    session: AsyncSession, erased: type[ErasedPlayerColumns], player_id: UUID
) -> None:
    """Keep this player from being erased until the transaction ends.

    Raises:
        PlayerGone: they are erased, or are being erased just now.
    """
    lock = func.pg_try_advisory_xact_lock_shared(_lock_of(player_id))
    # Two statements: one that had begun before the lock was free would not see what its last holder wrote.
    if not await session.scalar(select(lock)):
        raise PlayerGone
    if await session.scalar(select(exists().where(erased.player_id == player_id))):
        raise PlayerGone


async def begin_erasure(
    session: AsyncSession,
    erased: type[ErasedPlayerColumns],
    player_id: UUID,
    *,
    event_id: UUID,
    at: datetime,
) -> bool:
    """Write down that a player is gone, once whatever is being stored of theirs is stored.

    False where it was written down before: whatever was to be forgotten with it has been.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_lock_of(player_id))))
    tombstone = insert(erased).values(player_id=player_id, event_id=event_id, erased_at=at)
    written = await session.scalar(tombstone.on_conflict_do_nothing().returning(erased.player_id))
    return written is not None


def _lock_of(player_id: UUID) -> int:
    """The end of the id, signed: 62 bits of it are random, so no two players come to share it."""
    return player_id.int % (1 << LOCK_BITS) - (1 << LOCK_BITS - 1)
