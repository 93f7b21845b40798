"""Erases a player: their matches stay without their name; the matches that they hosted are deleted."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, delete, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.history.modes import PRIVATE_MODE
from history.matches.models import DELETED_PLAYER, Match, Participation
from history.players.models import OpponentTotals, PlayerTotals
from history.ratings.models import PlayerRating, RatingChange
from history.tickets.service import GUEST_NAME

MATCHES_PER_STATEMENT = 5_000
"""Matches per statement: 0.1 s of work, so that no statement reaches its time limit, however many matches a player
has."""


async def erase_player(session: AsyncSession, player_id: UUID) -> None:
    """Remove a player from all stored data, in the caller's transaction.

    The caller holds the player's lock, so that no match of theirs is added in the meantime.
    """
    sides = (
        select(Participation.match_id, Participation.mode)
        .where(Participation.player_id == player_id)
        .execution_options(yield_per=MATCHES_PER_STATEMENT)
    )
    # A cursor is used: repeated queries for the rest would read again through all rows changed before.
    async for matches in (await session.stream(sides)).partitions():
        await _anonymise_sides(session, player_id, [match_id for match_id, _ in matches])
        await _anonymise_guests(
            session, [match_id for match_id, mode in matches if mode == PRIVATE_MODE]
        )
    await _delete_hosted_matches(session, player_id)
    for table in (PlayerTotals, PlayerRating, RatingChange):
        await session.execute(delete(table).where(table.player_id == player_id))
    await _delete_opponent_totals(session, player_id)


async def _anonymise_sides(
    session: AsyncSession, player_id: UUID, match_ids: Sequence[UUID]
) -> None:
    await session.execute(
        update(Participation)
        .where(_is_side_of_matches(match_ids), Participation.player_id == player_id)
        .values(
            player_id=None,
            name=DELETED_PLAYER,
            late=None,
            rtt_ms=None,
            rating_before=None,
            rating_after=None,
        )
        .execution_options(synchronize_session=False)
    )


async def _anonymise_guests(session: AsyncSession, match_ids: Sequence[UUID]) -> None:
    """Replace the guests' names, because a name typed for another person may be a real one."""
    await session.execute(
        update(Participation)
        .where(_is_side_of_matches(match_ids), Participation.kind == "guest")
        .values(name=GUEST_NAME)
        .execution_options(synchronize_session=False)
    )


async def _delete_hosted_matches(session: AsyncSession, player_id: UUID) -> None:
    """Delete hosted matches: aliases may be real names, and such a match would be visible to no player without its
    host."""
    hosted = (
        select(Match.id)
        .where(Match.host_id == player_id)
        .execution_options(yield_per=MATCHES_PER_STATEMENT)
    )
    async for matches in (await session.stream_scalars(hosted)).partitions():
        await session.execute(
            delete(Match)
            .where(Match.id == any_(bindparam("match_ids", list(matches), ARRAY(Uuid))))
            .execution_options(synchronize_session=False)
        )


async def _delete_opponent_totals(session: AsyncSession, player_id: UUID) -> None:
    """Delete totals against opponents. They are locked in one order first, so that two opponents erased in parallel
    cannot deadlock."""
    key = tuple_(OpponentTotals.player_id, OpponentTotals.opponent_id)
    named = (
        select(OpponentTotals.player_id, OpponentTotals.opponent_id)
        .where(or_(OpponentTotals.player_id == player_id, OpponentTotals.opponent_id == player_id))
        .order_by(OpponentTotals.player_id, OpponentTotals.opponent_id)
        .with_for_update()
    )
    await session.execute(
        delete(OpponentTotals).where(key.in_(named)).execution_options(synchronize_session=False)
    )


def _is_side_of_matches(match_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Select sides of matches with one array parameter, so that batches of any size share one statement."""
    return Participation.match_id == any_(bindparam("match_ids", match_ids, ARRAY(Uuid)))
