"""Exports and deletes a player's live matches."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live import queries
from tournament.live.models import Match
from tournament.signals import player_channel
from transcendence_common.signals import notify


class ExportedMatch(msgspec.Struct, frozen=True):
    """A match that is running or ended within the last day; history stores the ones that count."""

    id: UUID
    left_name: str
    right_name: str
    points: int
    rated: bool
    state: str
    created_at: datetime
    ended_at: datetime | None
    left_score: int
    right_score: int


async def export_matches(session: AsyncSession, player_id: UUID) -> list[ExportedMatch]:
    return [
        msgspec.convert(each, ExportedMatch, from_attributes=True)
        for each in await queries.find_matches_of(session, player_id)
    ]


async def delete_matches(session: AsyncSession, player_id: UUID) -> None:
    """Delete a player's matches and notify the opponents.

    A running match ends without a winner; its process finds it gone.
    """
    for match in await queries.delete_matches_of(session, player_id):
        await notify(session, [player_channel(_opponent_id(match, player_id))])


def _opponent_id(match: Match, player_id: UUID) -> UUID:
    return match.right_id if match.left_id == player_id else match.left_id
