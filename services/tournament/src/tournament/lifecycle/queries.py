"""Queries of tournaments. One organiser's are created one at a time, so that they can be counted."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    func,
    select,
    text,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import TournamentState
from tournament.entries.waitlist import ENTRY_ORDER
from tournament.pairings.models import CALLED, PLAYING, Pairing
from tournament.pairings.models import WAITING as NOT_CALLED
from tournament.tournaments.available_actions import EntryCounts
from tournament.tournaments.models import (
    CANCELLED,
    DROPPED,
    ENTERED,
    FINISHED,
    OPEN,
    WAITING,
    WITHDRAWN,
    Entry,
    Tournament,
)
from tournament.tournaments.models import PLAYING as IN_PLAY
from transcendence_common.database import TimedSession
from transcendence_common.reads import SessionReads

TournamentFilter = Literal["open", "running", "finished", "mine"]


_ENTERED_OR_WAITING: Final = Entry.state.in_((ENTERED, WAITING))


async def lock_organiser(session: AsyncSession, organiser_id: UUID) -> None:
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 0))"),
        {"whose": f"tournaments {organiser_id}"},
    )


async def find_by_idempotency_key(
    session: AsyncSession, organiser_id: UUID, key: str
) -> Tournament | None:
    """Return the tournament that a player created with this idempotency key."""
    return await session.scalar(
        select(Tournament).where(
            Tournament.organiser_id == organiser_id, Tournament.idempotency_key == key
        )
    )


async def count_unfinished_tournaments(session: AsyncSession, organiser_id: UUID) -> int:
    counted = await session.scalar(
        select(func.count(Tournament.id)).where(
            Tournament.organiser_id == organiser_id,
            Tournament.state.not_in((FINISHED, CANCELLED)),
        )
    )
    return counted or 0


async def update_in_state(
    session: AsyncSession, tournament: Tournament, *, came_from: TournamentState, **values: object
) -> bool:
    """Update a tournament if it is in the state `came_from`; tell whether it was."""
    moved = await session.scalar(
        update(Tournament)
        .where(Tournament.id == tournament.id, Tournament.state == came_from)
        .values(values)
        .returning(Tournament)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return moved is not None


# A constant: every page of a tournament counts its entries.
_COUNTS: Final = f"""
    SELECT
        count(*) FILTER (WHERE state = '{WAITING}'),
        count(*) FILTER (WHERE state IN ('{ENTERED}', '{WAITING}') AND checked_in_at IS NOT NULL),
        count(*) FILTER (WHERE state IN ('{ENTERED}', '{WAITING}') AND (NOT $2 OR checked_in_at IS NOT NULL)),
        count(*) FILTER (WHERE state IN ('{IN_PLAY}', '{WITHDRAWN}'))
    FROM entries
    WHERE tournament_id = $1
"""  # noqa: S608 - constants only


async def count_entries(session: AsyncSession, tournament: Tournament) -> EntryCounts:
    [row] = await SessionReads(session).fetch(
        _COUNTS, tournament.id, tournament.check_in_minutes is not None
    )
    waiting, checked_in, here, playing = row
    return EntryCounts(waiting=waiting, checked_in=checked_in, here=here, playing=playing)


async def reset_active_pairings(session: AsyncSession, tournament_id: UUID) -> Sequence[UUID]:
    """End all calls and running pairings; return the players who were called, or play.

    A running match does not count, and its result will not be taken: the pairing would look running for ever.
    """
    on = Pairing.state.in_((CALLED, PLAYING))
    match_call = await session.scalars(
        select(Entry.player_id)
        .join(Pairing, Pairing.tournament_id == Entry.tournament_id)
        .where(
            Entry.tournament_id == tournament_id,
            Entry.seed.in_((Pairing.one, Pairing.other)),
            on,
            Entry.player_id.is_not(None),
        )
    )
    await session.execute(
        update(Pairing)
        .where(Pairing.tournament_id == tournament_id, on)
        .values(state=NOT_CALLED, called_at=None, deadline=None, match_id=None, ticket=None)
        .execution_options(synchronize_session=False)
    )
    return [each for each in match_call if each is not None]


async def drop_entries(
    session: AsyncSession, tournament_id: UUID, which: ColumnElement[bool]
) -> Sequence[UUID | None]:
    """Drop at the start the entries, also waiting ones, selected by `which`; return their account ids.

    An alias has None.
    """
    dropped = await session.scalars(
        update(Entry)
        .where(Entry.tournament_id == tournament_id, _ENTERED_OR_WAITING, which)
        .values(state=DROPPED)
        .returning(Entry.player_id)
        .execution_options(synchronize_session=False)
    )
    return dropped.all()


async def find_starting_players(session: AsyncSession, tournament: Tournament) -> Sequence[UUID]:
    """Return the account ids of the players who would play if the tournament started now."""
    found = await session.scalars(
        select(Entry.player_id)
        .where(
            Entry.tournament_id == tournament.id,
            _ENTERED_OR_WAITING,
            Entry.player_id.is_not(None),
            _counts_as_present(tournament),
        )
        .order_by(Entry.state == WAITING, *ENTRY_ORDER)
        .limit(tournament.size)
    )
    return [each for each in found if each is not None]


async def find_due_tournaments(session: TimedSession) -> Sequence[UUID]:
    """Return the tournaments that are due to start, the longest due first."""
    found = await session.scalars(
        select(Tournament.id)
        .where(Tournament.state == OPEN, Tournament.starts_at <= session.now)
        .order_by(Tournament.starts_at)
    )
    return found.all()


async def lock_due_tournament(
    session: TimedSession, tournament_id: UUID, *, waiting: bool
) -> Tournament | None:
    """Lock a tournament that is due to start.

    None if it has started or, unless `waiting`, if another transaction holds it.
    """
    return await session.scalar(
        select(Tournament)
        .where(
            Tournament.id == tournament_id,
            Tournament.state == OPEN,
            Tournament.starts_at <= session.now,
        )
        .with_for_update(skip_locked=not waiting)
        .execution_options(populate_existing=True)
    )


def _counts_as_present(tournament: Tournament) -> ColumnElement[bool]:
    return true() if tournament.check_in_minutes is None else Entry.checked_in_at.is_not(None)
