"""How a match comes to be: two people, each in no other, and a seed that nobody chose."""

from collections.abc import Sequence
from secrets import randbelow
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.live import Origin
from pong.court import RULES_VERSION
from pong.engine import SEED_LIMIT
from tournament.live.errors import AlreadyPlaying
from tournament.live.events import note_made
from tournament.live.models import WAITING, Match, Seat
from tournament.players.models import ErasedPlayer
from tournament.signals import games_channel
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import hold_player
from transcendence_common.ids import new_id
from transcendence_common.signals import notify

ABSENCES = 3
"""How often a player may lose the connection and come back."""


class Contender(NamedTuple):
    """A player of a match that is to be."""

    id: UUID
    name: str


async def create_match(
    session: TimedSession,
    contenders: tuple[Contender, Contender],
    *,
    origin: Origin,
    points: int,
    rated: bool,
    tournament_id: UUID | None = None,
) -> UUID:
    """Seat two players at a new match, in the caller's transaction, and tell both.

    `tournament_id` belongs to the origin "tournament", and to no other.

    Raises:
        AlreadyPlaying: one of them has a seat; the caller's transaction must not go on as if nothing were.
        PlayerGone: one of them has been erased.
    """
    left, right = contenders if randbelow(2) else reversed(contenders)
    for player_id in sorted((left.id, right.id)):
        await hold_player(session, ErasedPlayer, player_id)
    match_id = new_id()
    await session.execute(
        insert(Match).values(
            id=match_id,
            origin=origin,
            tournament_id=tournament_id,
            points=points,
            rated=rated,
            rules=RULES_VERSION,
            seed=randbelow(SEED_LIMIT),
            left_id=left.id,
            left_name=left.name,
            right_id=right.id,
            right_name=right.name,
            state=WAITING,
            created_at=session.now,
            fence=0,
            left_absences=ABSENCES,
            right_absences=ABSENCES,
            left_score=0,
            right_score=0,
            left_late=0,
            right_late=0,
            left_rtt_ms=0,
            right_rtt_ms=0,
        )
    )
    await _seat(session, match_id, sorted((left.id, right.id)))
    await notify(session, [games_channel(left.id), games_channel(right.id)])
    note_made(
        match_id,
        (left.id, right.id),
        origin=origin,
        points=points,
        rated=rated,
        tournament_id=tournament_id,
    )
    return match_id


async def match_of(session: AsyncSession, player_id: UUID) -> UUID | None:
    """Return the unfinished match in which somebody sits."""
    return await session.scalar(select(Seat.match_id).where(Seat.player_id == player_id))


async def _seat(session: AsyncSession, match_id: UUID, player_ids: Sequence[UUID]) -> None:
    """In the order of their ids, so that two matches that want the same two wait for each other in one order."""
    seated = await session.scalars(
        upsert(Seat)
        .values([{"player_id": each, "match_id": match_id} for each in player_ids])
        .on_conflict_do_nothing()
        .returning(Seat.player_id)
    )
    if len(seated.all()) < len(player_ids):
        raise AlreadyPlaying
