"""Exports and erases a player's entries, tournaments and actions as an organiser."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.tournament.tournaments import (
    AuditAction,
    EntryState,
    TournamentFormat,
    TournamentKind,
    TournamentState,
)
from tournament.entries.queries import find_entry_of_player
from tournament.entries.waitlist import fill_free_places
from tournament.lifecycle.cancelling import cancel_locked_tournament
from tournament.pairings.progress import advance_tournament
from tournament.players.models import DELETED_PLAYER_NAME
from tournament.tournaments.models import (
    DRAFT,
    OPEN,
    PLAYING,
    RUNNING,
    WITHDRAWN,
    AuditEntry,
    Entry,
    Tournament,
)
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession

ACTIONS_ABOUT_PLAYERS: Final[tuple[AuditAction, ...]] = ("removed", "disqualified", "corrected")
TEXT_FIELDS: Final = ("subject", "before", "after", "reason")
"""The fields of an audit log entry in which names of players may occur."""


class ExportedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament that the player has entered, with the entry."""

    id: UUID
    tournament_id: UUID
    tournament_name: str
    tournament_state: TournamentState
    started_at: datetime | None
    ended_at: datetime | None
    name: str
    rating: float | None
    deviation: float | None
    state: EntryState
    entered_at: datetime
    checked_in_at: datetime | None
    seed: int | None
    late: bool
    place: int | None


class ExportedTournament(msgspec.Struct, frozen=True, kw_only=True):
    """A tournament that the player organises."""

    id: UUID
    kind: TournamentKind
    name: str
    description: str
    format: TournamentFormat
    state: TournamentState
    organiser_name: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ExportedAuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log with an action of the player."""

    tournament_id: UUID
    at: datetime
    actor_name: str
    action: str
    subject: str
    before: str
    after: str
    reason: str


async def export_entries(session: AsyncSession, player_id: UUID) -> list[ExportedEntry]:
    rows = await session.execute(
        select(Entry, Tournament)
        .join(Tournament, Tournament.id == Entry.tournament_id)
        .where(Entry.player_id == player_id)
        .order_by(Entry.tournament_id)
    )
    return [
        ExportedEntry(
            id=entry.id,
            tournament_id=tournament.id,
            tournament_name=tournament.name,
            tournament_state=tournament.state,
            started_at=tournament.started_at,
            ended_at=tournament.ended_at,
            name=entry.name,
            rating=entry.rating,
            deviation=entry.deviation,
            state=entry.state,
            entered_at=entry.entered_at,
            checked_in_at=entry.checked_in_at,
            seed=entry.seed,
            late=entry.late,
            place=entry.place,
        )
        for entry, tournament in rows
    ]


async def export_tournaments(session: AsyncSession, player_id: UUID) -> list[ExportedTournament]:
    found = await session.scalars(
        select(Tournament).where(Tournament.organiser_id == player_id).order_by(Tournament.id)
    )
    return [msgspec.convert(each, ExportedTournament, from_attributes=True) for each in found]


async def export_audit_log(session: AsyncSession, player_id: UUID) -> list[ExportedAuditEntry]:
    found = await session.scalars(
        select(AuditEntry).where(AuditEntry.actor_id == player_id).order_by(AuditEntry.id)
    )
    return [msgspec.convert(each, ExportedAuditEntry, from_attributes=True) for each in found]


async def erase_from_tournaments(session: TimedSession, player_id: UUID) -> None:
    """Erase a player from the tournaments that they have entered or organise.

    In tournaments that have started, the place stays without the name, because the bracket would make no sense without
    it. Drafts and hotseat tournaments, which only the player could see, are deleted.
    """
    for tournament in await _lock_tournaments(session, player_id):
        entry = await find_entry_of_player(session, tournament.id, player_id)
        if entry is not None:
            await _erase_entry(session, tournament, entry)
        await raise_revision(session, tournament)
        if tournament.organiser_id == player_id:
            await _erase_organiser(session, tournament)
    await session.execute(
        update(AuditEntry)
        .where(AuditEntry.actor_id == player_id)
        .values(actor_id=None, actor_name=DELETED_PLAYER_NAME)
        .execution_options(synchronize_session=False)
    )


async def _lock_tournaments(session: AsyncSession, player_id: UUID) -> Sequence[Tournament]:
    """Lock and return a player's tournaments in the order of their ids.

    Without that order, two of their players erased at once could deadlock.
    """
    entered = select(Entry.tournament_id).where(Entry.player_id == player_id)
    held = await session.scalars(
        select(Tournament)
        .where(or_(Tournament.id.in_(entered), Tournament.organiser_id == player_id))
        .order_by(Tournament.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return held.all()


async def _erase_entry(session: TimedSession, tournament: Tournament, entry: Entry) -> None:
    await _erase_name_in_audit_log(session, entry)
    if entry.seed is None:
        await session.delete(entry)
        await session.flush()
        if tournament.state == OPEN:
            await fill_free_places(session, tournament)
        return
    plays = tournament.state == RUNNING and entry.state == PLAYING
    entry.player_id = None
    entry.name = DELETED_PLAYER_NAME
    entry.rating = entry.deviation = None
    entry.state = WITHDRAWN if plays else entry.state
    await session.flush()
    if plays:
        await advance_tournament(session, tournament)


async def _erase_name_in_audit_log(session: AsyncSession, entry: Entry) -> None:
    """Replace the player's name in the audit log.

    Only whole words are replaced, because a name may be as short as "A".
    """
    name = re.compile(rf"(?<!\w){re.escape(entry.name)}(?!\w)")
    notes = await session.scalars(
        select(AuditEntry).where(
            AuditEntry.tournament_id == entry.tournament_id,
            AuditEntry.action.in_(ACTIONS_ABOUT_PLAYERS),
        )
    )
    for note in notes:
        for field in TEXT_FIELDS:
            setattr(note, field, name.sub(DELETED_PLAYER_NAME, getattr(note, field)))


async def _erase_organiser(session: TimedSession, tournament: Tournament) -> None:
    if tournament.state == DRAFT or tournament.kind == "hotseat":
        await session.delete(tournament)
        await session.flush()
        return
    tournament.organiser_id = None
    tournament.organiser_name = DELETED_PLAYER_NAME
    tournament.idempotency_key = None
    await session.flush()
    if tournament.state == OPEN:
        # No organiser is left to answer for it.
        await cancel_locked_tournament(
            session, tournament, None, "The organiser deleted their account."
        )
