"""Live matches and the ways to one, as tournament serves them."""

from datetime import datetime
from types import NoneType
from typing import Literal
from uuid import UUID

import msgspec

from ui.clients.backend import Backend

MatchState = Literal["waiting", "running", "finished", "void"]

NOT_QUEUED = "not_queued"
NOT_PLAYING = "not_playing"


class Contender(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class Wanted(msgspec.Struct, frozen=True):
    """What somebody looks for a match of."""

    points: int
    rated: bool


class QueuePlace(msgspec.Struct, frozen=True):
    """Somebody who waits for an opponent; `reach` is how far apart the ratings may be by now."""

    points: int
    rated: bool
    since: datetime
    rating: float | None = None
    deviation: float | None = None
    provisional: bool = False
    reach: float | None = None


class CurrentMatch(msgspec.Struct, frozen=True):
    match_id: UUID


class InvitationRequest(msgspec.Struct, frozen=True):
    """Of a friend, or of whoever has the link."""

    to: UUID | None
    points: int
    rated: bool


class Invitation(msgspec.Struct, frozen=True):
    """Without an invitee it is a link. What is over is not shown any more, unless a match came of it."""

    id: UUID
    inviter: Contender
    points: int
    rated: bool
    expires_at: datetime
    invitee: Contender | None = None
    match_id: UUID | None = None


class Invitations(msgspec.Struct, frozen=True):
    incoming: list[Invitation] = msgspec.field(default_factory=list)
    outgoing: list[Invitation] = msgspec.field(default_factory=list)


class RunningMatch(msgspec.Struct, frozen=True):
    """A match that is on, as lists show it."""

    id: UUID
    left: Contender
    right: Contender
    points: int
    rated: bool
    left_score: int
    right_score: int


class RunningMatches(msgspec.Struct, frozen=True):
    items: list[RunningMatch]
    next_cursor: str | None = None


class LiveMatch(msgspec.Struct, frozen=True):
    """A match between two people, before, while and soon after it is played."""

    id: UUID
    state: MatchState
    points: int
    rated: bool
    left: Contender
    right: Contender
    left_score: int = 0
    right_score: int = 0
    tournament_id: UUID | None = None

    def has(self, player_id: UUID) -> bool:
        return player_id in {self.left.id, self.right.id}


class GamesClient(Backend):
    async def enqueue(self, wanted: Wanted, token: str) -> None:
        await self.put("/api/tournament/queue", wanted, msgspec.Raw, token=token)

    async def queue_place(self, token: str) -> QueuePlace:
        """Where somebody waits; asking is what keeps the place."""
        return await self.get("/api/tournament/queue", QueuePlace, token=token)

    async def leave_queue(self, token: str) -> None:
        await self.delete("/api/tournament/queue", NoneType, token=token)

    async def current(self, token: str) -> CurrentMatch:
        return await self.get("/api/tournament/matches/current", CurrentMatch, token=token)

    async def running(
        self, token: str | None, *, limit: int, cursor: str | None = None
    ) -> RunningMatches:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get("/api/tournament/matches", RunningMatches, token=token, query=query)

    async def match(self, match_id: UUID, token: str | None) -> LiveMatch:
        return await self.get(f"/api/tournament/matches/{match_id}", LiveMatch, token=token)

    async def invite(self, wanted: InvitationRequest, token: str) -> Invitation:
        return await self.post("/api/tournament/invitations", wanted, Invitation, token=token)

    async def invitations(self, token: str) -> Invitations:
        return await self.get("/api/tournament/invitations", Invitations, token=token)

    async def invitation(self, invitation_id: UUID, token: str) -> Invitation:
        return await self.get(_invitation(invitation_id), Invitation, token=token)

    async def accept(self, invitation_id: UUID, token: str) -> CurrentMatch:
        path = f"{_invitation(invitation_id)}/acceptance"
        return await self.post(path, None, CurrentMatch, token=token)

    async def end_invitation(self, invitation_id: UUID, token: str) -> None:
        """Decline it, or withdraw one's own."""
        await self.delete(_invitation(invitation_id), NoneType, token=token)


def _invitation(invitation_id: UUID) -> str:
    return f"/api/tournament/invitations/{invitation_id}"
