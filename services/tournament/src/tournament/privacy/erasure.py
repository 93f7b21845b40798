"""Forgets a player."""

from uuid import UUID

from tournament.players import queries
from tournament.privacy.matches import forget_matches
from tournament.privacy.matchmaking import forget_matchmaking
from tournament.privacy.tournaments import forget_tournaments
from transcendence_common.database import TimedSession


async def erase_player(session: TimedSession, player_id: UUID) -> None:
    """Take the player out of everything that is kept, in the caller's transaction.

    That they are gone is written down by then, so a table that comes later need not ask who went before it.
    Tournaments are held before seats are, as everywhere.
    """
    await queries.forget_relationships(session, player_id)
    await forget_matchmaking(session, player_id)
    await forget_tournaments(session, player_id)
    await forget_matches(session, player_id)
