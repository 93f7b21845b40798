"""Client of tournament for live matches, the queue and invitations."""

from types import NoneType
from uuid import UUID

import msgspec

from contracts.pages import Page
from contracts.tournament.live import LiveMatchSummary, MatchReference, MatchStatus
from contracts.tournament.matchmaking import (
    InvitationDetails,
    InvitationRequest,
    MatchWish,
    QueuePlace,
)
from contracts.tournament.pending import Pending
from ui.clients.backend import Backend


class GamesClient(Backend):
    async def pending(self, token: str) -> Pending:
        """Return all that waits for the player; asking also keeps their place in the queue."""
        return await self.get("/api/tournament/pending", Pending, token=token)

    async def join_queue(self, wanted: MatchWish, token: str) -> None:
        await self.put("/api/tournament/queue", wanted, msgspec.Raw, token=token)

    async def queue_place(self, token: str) -> QueuePlace:
        """Return the player's place in the queue; asking also keeps the place."""
        return await self.get("/api/tournament/queue", QueuePlace, token=token)

    async def leave_queue(self, token: str) -> None:
        await self.delete("/api/tournament/queue", NoneType, token=token)

    async def current_match(self, token: str) -> MatchReference:
        return await self.get("/api/tournament/matches/current", MatchReference, token=token)

    async def running_matches(
        self, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[LiveMatchSummary]:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get(
            "/api/tournament/matches", Page[LiveMatchSummary], token=token, query=query
        )

    async def match(self, match_id: UUID, token: str | None) -> MatchStatus:
        return await self.get(f"/api/tournament/matches/{match_id}", MatchStatus, token=token)

    async def invite(self, wanted: InvitationRequest, token: str) -> InvitationDetails:
        return await self.post(
            "/api/tournament/invitations", wanted, InvitationDetails, token=token
        )

    async def invitation(self, invitation_id: UUID, token: str) -> InvitationDetails:
        return await self.get(_invitation_path(invitation_id), InvitationDetails, token=token)

    async def accept_invitation(self, invitation_id: UUID, token: str) -> MatchReference:
        path = f"{_invitation_path(invitation_id)}/acceptance"
        return await self.post(path, None, MatchReference, token=token)

    async def end_invitation(self, invitation_id: UUID, token: str) -> None:
        """Decline an invitation, or withdraw the player's own."""
        await self.delete(_invitation_path(invitation_id), NoneType, token=token)


def _invitation_path(invitation_id: UUID) -> str:
    return f"/api/tournament/invitations/{invitation_id}"
