"""What waits for a player: an unfinished match, a place in the queue, invitations and match calls."""

from uuid import UUID

import msgspec

from contracts.tournament.matchmaking import OpenInvitations, QueuePlace
from contracts.tournament.tournaments import MatchCall


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in tournament that waits for a player, in one answer: each page of a player asks for it."""

    match_id: UUID | None
    """The player's unfinished match."""
    queue_place: QueuePlace | None
    invitations: OpenInvitations
    match_calls: list[MatchCall]
