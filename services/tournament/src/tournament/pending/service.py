"""Reads everything that waits for a player."""

from datetime import datetime

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from contracts.tournament.matchmaking import OpenInvitations
from contracts.tournament.pending import Pending
from tournament.live.creation import unfinished_match_of
from tournament.matchmaking.invitations import list_open_invitations
from tournament.matchmaking.queue import prolong_queue_place
from tournament.pairings.match_calls import match_calls_of
from tournament.pending.queries import read_pending_kinds
from transcendence_common.database import session_at
from transcendence_common.identity import Player
from transcendence_common.reads import Reads


class PendingActions:
    """Reads what waits for a player: a match, a place in the queue, invitations, match calls.

    Every page of the site asks for it, and nearly always nothing waits: then one statement is all that is read.
    """

    def __init__(self, db: SQLAlchemyAsyncConfig, reads: Reads) -> None:
        self._db = db
        self._reads = reads

    async def of_player(self, player: Player, now: datetime) -> Pending:
        """Return what waits for a player, and prolong their place in the queue."""
        kinds = await read_pending_kinds(self._reads, player.id, now)
        if not (kinds.has_queue_place or kinds.has_invitations or kinds.has_match_calls):
            return Pending(
                match_id=kinds.match_id,
                queue_place=None,
                invitations=OpenInvitations(incoming=[], outgoing=[]),
                match_calls=[],
            )
        async with session_at(self._db, now) as session:
            return Pending(
                # Before the match: a player who is paired between the two reads has one of them.
                queue_place=await prolong_queue_place(session, player.id),
                match_id=await unfinished_match_of(session, player.id),
                invitations=await list_open_invitations(session, player),
                match_calls=await match_calls_of(session, player.id),
            )
