"""Exports and deletes a player's place in the queue and invitations."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.matchmaking import invitation_queries, queue_queries
from tournament.signals import player_channel
from transcendence_common.signals import notify


class ExportedQueuePlace(msgspec.Struct, frozen=True):
    """A place in the queue."""

    name: str
    points: int
    rated: bool
    rating: float
    deviation: float
    joined_at: datetime
    expires_at: datetime


class ExportedInvitation(msgspec.Struct, frozen=True):
    """An invitation that the player has sent or received, with the names of that time."""

    id: UUID
    sent: bool
    from_name: str
    to_name: str | None
    points: int
    rated: bool
    created_at: datetime
    expires_at: datetime
    state: str
    match_id: UUID | None


async def export_queue_place(session: AsyncSession, player_id: UUID) -> ExportedQueuePlace | None:
    entry = await queue_queries.find_stored_entry(session, player_id)
    return (
        None if entry is None else msgspec.convert(entry, ExportedQueuePlace, from_attributes=True)
    )


async def export_invitations(session: AsyncSession, player_id: UUID) -> list[ExportedInvitation]:
    return [
        ExportedInvitation(
            id=each.id,
            sent=each.from_id == player_id,
            from_name=each.from_name,
            to_name=each.to_name,
            points=each.points,
            rated=each.rated,
            created_at=each.created_at,
            expires_at=each.expires_at,
            state=each.state,
            match_id=each.match_id,
        )
        for each in await invitation_queries.find_all_invitations(session, player_id)
    ]


async def delete_matchmaking(session: AsyncSession, player_id: UUID) -> None:
    """Delete a player's place and invitations, and notify the other players of these invitations."""
    await queue_queries.delete_places(session, [player_id])
    forgotten = await invitation_queries.delete_invitations_of(session, player_id)
    people = {other for each in forgotten for other in (each.from_id, each.to_id)}
    await notify(session, [player_channel(each) for each in people if each is not None])
