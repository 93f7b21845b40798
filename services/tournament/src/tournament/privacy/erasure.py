"""Erases a player from the tournament service."""

from uuid import UUID

from tournament.players import queries
from tournament.privacy.matches import delete_matches
from tournament.privacy.matchmaking import delete_matchmaking
from tournament.privacy.tournaments import erase_from_tournaments
from transcendence_common.database import TimedSession


async def erase_player(session: TimedSession, player_id: UUID) -> None:
    """Delete or anonymise all stored data of the player, in the caller's transaction.

    The caller has recorded the erasure before, and the record also holds for tables that are added later. Tournaments
    are locked before seats, as everywhere.
    """
    await queries.delete_relationships(session, player_id)
    await delete_matchmaking(session, player_id)
    await erase_from_tournaments(session, player_id)
    await delete_matches(session, player_id)
