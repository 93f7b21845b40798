"""Inserts the rows of a match of any kind."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.history.matches import MatchRecord
from history.matches.models import Match, Participation
from history.matches.packing import pack_log
from history.matches.verification import SimulationInput
from pong.log import Outcome

_MATCHES = cast("Table", Match.__table__)
# For every unique index: parallel inserts may conflict in the one of ID and winner first.
_INSERT_MATCH = insert(_MATCHES).on_conflict_do_nothing().returning(_MATCHES.c.id)
_INSERT_PARTICIPATIONS = insert(cast("Table", Participation.__table__))


class StoredMatch(NamedTuple):
    """A match record, and whether this request stored it."""

    record: MatchRecord
    created: bool


async def insert_match(
    session: AsyncSession,
    match_id: UUID,
    played: SimulationInput,
    outcome: Outcome,
    *,
    rules: int,
    played_at: datetime,
    rated: bool = False,
    delay: int | None = None,
    host_id: UUID | None = None,
) -> bool:
    """Insert a match with its simulated result, or nothing if its ID is taken; a parallel insert waits."""
    inserted = await session.scalar(
        _INSERT_MATCH,
        {
            "id": match_id,
            "mode": played.game.mode,
            "level": played.game.level,
            "rules": rules,
            "seed": played.game.seed,
            "points": played.game.points,
            "ticks": outcome.ticks,
            "left_score": outcome.left_score,
            "right_score": outcome.right_score,
            "winner": outcome.winner,
            "longest_rally": outcome.longest_rally,
            "digest": outcome.digest,
            "log": pack_log(played.inputs),
            "played_at": played_at,
            "rated": rated,
            "forfeited_by": played.game.forfeited_by or None,
            "delay": delay,
            "host_id": host_id,
        },
    )
    return inserted is not None


async def insert_participations(session: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    """Insert the sides of a match."""
    await session.execute(_INSERT_PARTICIPATIONS, rows)
