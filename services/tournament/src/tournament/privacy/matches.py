"""What is kept of somebody who plays: handed out, and forgotten."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live import queries
from tournament.live.models import Match
from tournament.signals import games_channel
from transcendence_common.signals import notify


class KeptMatch(msgspec.Struct, frozen=True):
    """A match that is on, or ended within the last day; history keeps the record of those that count."""

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


async def kept_matches(session: AsyncSession, player_id: UUID) -> list[KeptMatch]:
    return [
        msgspec.convert(each, KeptMatch, from_attributes=True)
        for each in await queries.find_all_of(session, player_id)
    ]


async def forget_matches(session: AsyncSession, player_id: UUID) -> None:
    """Forget somebody's matches, also one that is on: nobody could win it. Whoever runs it finds it gone."""
    for match in await queries.forget_all_of(session, player_id):
        await notify(session, [games_channel(_other(match, player_id))])


def _other(match: Match, player_id: UUID) -> UUID:
    return match.right_id if match.left_id == player_id else match.left_id
