"""The tournaments that a player has played, with their places."""

from collections.abc import Sequence
from typing import Literal, cast
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from contracts.pages import Page
from contracts.tournament.tournaments import Placing
from tournament.tournaments.models import FINISHED, RUNNING, Entry, Tournament
from transcendence_common.identity import Player
from transcendence_common.pagination import decode_cursor, encode_cursor


class PlacingsCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the list: the last tournament of a page."""

    tournament_id: UUID


async def page_of_placings(
    session: AsyncSession,
    player_id: UUID,
    reader: Player | None,
    *,
    cursor: str | None,
    limit: int,
) -> Page[Placing]:
    """Return a page of the tournaments in which a player plays or has played, newest first.

    Tournaments by invitation are shown only to the player, because no list shows them to others.

    Raises:
        InvalidFields: the cursor does not belong to this list.
    """
    before = None if cursor is None else decode_cursor(cursor, PlacingsCursor).tournament_id
    own = reader is not None and reader.id == player_id
    rows = await _read_played(session, player_id, own=own, before=before, limit=limit + 1)
    items = [_to_schema(*row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(items, encode_cursor(PlacingsCursor(items[-1].tournament_id)) if more else None)


async def _read_played(
    session: AsyncSession, player_id: UUID, *, own: bool, before: UUID | None, limit: int
) -> Sequence[Row[Tournament, int | None, int]]:
    others = aliased(Entry)
    entrants = (
        select(func.count(others.seed))
        .where(others.tournament_id == Tournament.id)
        .scalar_subquery()
    )
    played = (
        select(Tournament, Entry.place, entrants)
        .join(Entry, Entry.tournament_id == Tournament.id)
        .where(
            Entry.player_id == player_id,
            Entry.seed.is_not(None),
            Tournament.state.in_((RUNNING, FINISHED)),
        )
    )
    if not own:
        played = played.where(Tournament.visibility == "public")
    if before is not None:
        played = played.where(Entry.tournament_id < before)
    return (await session.execute(played.order_by(Entry.tournament_id.desc()).limit(limit))).all()


def _to_schema(tournament: Tournament, place: int | None, entrants: int) -> Placing:
    if tournament.started_at is None:
        raise ValueError("a tournament that has begun has a time of that")
    return Placing(
        tournament_id=tournament.id,
        name=tournament.name,
        format=tournament.format,
        state=cast("Literal['running', 'finished']", tournament.state),
        entrants=entrants,
        place=place,
        started_at=tournament.started_at,
        ended_at=tournament.ended_at,
    )
