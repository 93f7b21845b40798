"""Creates a match between two players who have no unfinished match, with a random seed."""

from collections.abc import Sequence
from secrets import randbelow
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.live import MatchOrigin
from pong.court import RULES_VERSION
from pong.engine import SEED_LIMIT
from tournament.live.errors import AlreadyPlaying
from tournament.live.events import log_match_created
from tournament.live.models import WAITING, Match, Seat
from tournament.players.models import ErasedPlayer
from tournament.signals import player_channel
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.ids import new_id
from transcendence_common.signals import notify

ALLOWED_ABSENCES = 3
"""Number of lost connections after which a player may return to the match."""


class Contender(NamedTuple):
    """A player of a match to be created."""

    id: UUID
    name: str


async def create_match(
    session: TimedSession,
    contenders: tuple[Contender, Contender],
    *,
    origin: MatchOrigin,
    points: int,
    rated: bool,
    tournament_id: UUID | None = None,
) -> UUID:
    """Create a match with seats for two players, in the caller's transaction, and notify both.

    The sides and the seed are random.

    Args:
        tournament_id: set exactly where `origin` is "tournament".

    Raises:
        AlreadyPlaying: one of them has a seat; the caller's transaction must be rolled back.
        PlayerGone: one of them has been erased.
    """
    left, right = contenders if randbelow(2) else reversed(contenders)
    for player_id in sorted((left.id, right.id)):
        await lock_against_erasure(session, ErasedPlayer, player_id)
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
            left_absences=ALLOWED_ABSENCES,
            right_absences=ALLOWED_ABSENCES,
            left_score=0,
            right_score=0,
            left_late=0,
            right_late=0,
            left_rtt_ms=0,
            right_rtt_ms=0,
        )
    )
    await _seat_players(session, match_id, sorted((left.id, right.id)))
    await notify(session, [player_channel(left.id), player_channel(right.id)])
    log_match_created(
        match_id,
        (left.id, right.id),
        origin=origin,
        points=points,
        rated=rated,
        tournament_id=tournament_id,
    )
    return match_id


async def unfinished_match_of(session: AsyncSession, player_id: UUID) -> UUID | None:
    """Return the id of a player's unfinished match, or None."""
    return await session.scalar(select(Seat.match_id).where(Seat.player_id == player_id))


async def _seat_players(session: AsyncSession, match_id: UUID, player_ids: Sequence[UUID]) -> None:
    """Create the seats, given in the order of player ids: two matches for the same two lock rows in that order."""
    seated = await session.scalars(
        upsert(Seat)
        .values([{"player_id": each, "match_id": match_id} for each in player_ids])
        .on_conflict_do_nothing()
        .returning(Seat.player_id)
    )
    if len(seated.all()) < len(player_ids):
        raise AlreadyPlaying
