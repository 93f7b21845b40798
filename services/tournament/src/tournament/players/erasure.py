"""Forgets a player."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live.privacy import forget_matches
from tournament.matchmaking.privacy import forget_matchmaking
from tournament.players import queries


async def erase_player(session: AsyncSession, player_id: UUID) -> None:
    """Take the player out of everything that is kept, in the caller's transaction.

    That they are gone is written down by then, so a table that comes later need not ask who went before it.
    """
    await queries.forget_ties(session, player_id)
    await forget_matchmaking(session, player_id)
    await forget_matches(session, player_id)
