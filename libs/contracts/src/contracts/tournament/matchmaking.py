"""Queue and invitations on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from contracts.actions import Action, Actionable
from contracts.game import Points
from contracts.tournament.live import Person

InvitationState = Literal["open", "accepted"]


class Wish(msgspec.Struct, frozen=True):
    """The wanted match."""

    points: Points
    rated: bool


class Waiting(msgspec.Struct, frozen=True):
    """A place in the queue. `reach` is the largest rating difference of an opponent now, null for any."""

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
    inviter: Person
    invitee: Person | None
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
