"""The audit trail, as whoever sees the tournament reads it."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import AuditNoteShown
from tournament.tournaments.access import visible
from tournament.tournaments.models import AuditNote
from transcendence_common.identity import Player
from transcendence_common.pagination import decode_cursor, encode_cursor


class Position(msgspec.Struct, frozen=True, array_like=True):
    """The last note of a page."""

    note_id: UUID


async def page_of_notes(
    session: AsyncSession,
    tournament_id: UUID,
    reader: Player | None,
    *,
    cursor: str | None,
    limit: int,
) -> Page[AuditNoteShown]:
    """Return what was done to a tournament, newest first.

    Raises:
        NoSuchTournament
        InvalidFields: the cursor is not one of this list.
    """
    before = None if cursor is None else decode_cursor(cursor, Position).note_id
    tournament = await visible(session, tournament_id, reader)
    notes = await _notes(session, tournament.id, before=before, limit=limit + 1)
    items = [_shown(each) for each in notes[:limit]]
    more = len(notes) > limit
    return Page(items, encode_cursor(Position(items[-1].id)) if more else None)


async def _notes(
    session: AsyncSession, tournament_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[AuditNote]:
    notes = select(AuditNote).where(AuditNote.tournament_id == tournament_id)
    if before is not None:
        notes = notes.where(AuditNote.id < before)
    return (await session.scalars(notes.order_by(AuditNote.id.desc()).limit(limit))).all()


def _shown(note: AuditNote) -> AuditNoteShown:
    return AuditNoteShown(
        id=note.id,
        at=note.at,
        actor=note.actor_name,
        action=note.action,
        subject=note.subject,
        before=note.before,
        after=note.after,
        reason=note.reason,
    )
