"""Forgets a player."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


async def erase_player(session: AsyncSession, player_id: UUID) -> None:
    """Take the player out of everything that is kept, in the caller's transaction: so far, nothing is.

    That they are gone is written down by then, so a table that comes later need not ask who went before it.
    """
