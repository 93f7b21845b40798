"""Finds out in one statement which kinds of things wait for a player: for most players at most one does."""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tournament.live.models import Seat
from tournament.matchmaking.invitation_queries import OPEN
from tournament.matchmaking.models import Invitation, QueueEntry
from tournament.tournaments.models import RUNNING, Entry, Tournament

_PLAYER_ID: Final[BindParameter[UUID]] = bindparam("player_id")

# Built once: SQLAlchemy takes longer to build this statement than PostgreSQL to run it.
_KINDS: Final = select(
    select(Seat.match_id).where(Seat.player_id == _PLAYER_ID).scalar_subquery(),
    exists().where(QueueEntry.player_id == _PLAYER_ID),
    exists().where(
        or_(Invitation.from_id == _PLAYER_ID, Invitation.to_id == _PLAYER_ID),
        Invitation.state == OPEN,
    ),
    exists().where(
        Entry.player_id == _PLAYER_ID,
        Entry.tournament_id == Tournament.id,
        Tournament.state == RUNNING,
    ),
)


class PendingKinds(NamedTuple):
    """The player's unfinished match, and whether there may be more. What may be there can still have expired."""

    match_id: UUID | None
    has_queue_place: bool
    has_invitations: bool
    plays_tournament: bool


async def find_pending_kinds(session: AsyncSession, player_id: UUID) -> PendingKinds:
    """Return which kinds of things may wait for a player."""
    return PendingKinds(*(await session.execute(_KINDS, {"player_id": player_id})).one())
