"""Finds out in one statement which kinds of things wait for a player."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from tournament.matchmaking.invitation_queries import OPEN
from tournament.pairings.models import CALLED, PLAYING
from tournament.tournaments.models import RUNNING
from transcendence_common.reads import Reads

_KINDS: Final = f"""
    SELECT
        (SELECT match_id FROM seats WHERE player_id = $1),
        EXISTS (SELECT FROM queue_entries WHERE player_id = $1 AND expires_at > $2),
        EXISTS (
            SELECT FROM invitations
            WHERE (from_id = $1 OR to_id = $1) AND state = '{OPEN}' AND expires_at > $2
        ),
        EXISTS (
            SELECT
            FROM entries e
            JOIN tournaments t ON t.id = e.tournament_id AND t.state = '{RUNNING}'
            JOIN pairings p ON p.tournament_id = t.id AND e.seed IN (p.one, p.other)
                AND p.state IN ('{CALLED}', '{PLAYING}')
            WHERE e.player_id = $1
        )
"""  # noqa: S608 - constants only


class PendingKinds(NamedTuple):
    """The player's unfinished match, and whether there is more."""

    match_id: UUID | None
    has_queue_place: bool
    has_invitations: bool
    has_match_calls: bool


async def read_pending_kinds(reads: Reads, player_id: UUID, now: datetime) -> PendingKinds:
    """Return which kinds of things wait for a player."""
    [kinds] = await reads.fetch(_KINDS, player_id, now)
    return PendingKinds(*kinds)
