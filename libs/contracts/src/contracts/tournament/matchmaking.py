"""Queue and invitations on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from contracts.actions import Action, Actionable
from contracts.game import Points
from contracts.tournament.live import PlayerName

InvitationState = Literal["open", "accepted"]


class MatchWish(msgspec.Struct, frozen=True):
    """The match that a player wants: to how many points, and whether it is rated."""

    points: Points
    rated: bool


class QueuePlace(msgspec.Struct, frozen=True):
    """A place in the queue. `reach` is the rating difference to an opponent that is accepted now; null: no limit."""

    state: Literal["waiting"]
    points: int
    rated: bool
    rating: float
    deviation: float
    provisional: bool
    since: datetime
    reach: float | None


class InvitationRequest(msgspec.Struct, frozen=True):
    """A request to challenge the friend `to`, or to create a link where it is null."""

    to: UUID | None
    points: Points
    rated: bool


class InvitationDetails(msgspec.Struct, Actionable, frozen=True):
    """An invitation; a link has no invitee, and an accepted invitation has a match."""

    id: UUID
    inviter: PlayerName
    invitee: PlayerName | None
    points: int
    rated: bool
    state: InvitationState
    created_at: datetime
    expires_at: datetime
    match_id: UUID | None
    actions: list[Action] = []


class OpenInvitations(msgspec.Struct, frozen=True):
    """Open invitations to the caller and from them, oldest first."""

    incoming: list[InvitationDetails]
    outgoing: list[InvitationDetails]
