"""Reads the audit log of a tournament."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import AuditLogEntry
from tournament.tournaments.access import find_visible
from tournament.tournaments.models import AuditEntry
from transcendence_common.identity import Player
from transcendence_common.pagination import decode_cursor, encode_cursor


class AuditLogCursor(msgspec.Struct, frozen=True, array_like=True):
    """The cursor of the log: the last entry of a page."""

    note_id: UUID


async def page_of_audit_log(
    session: AsyncSession,
    tournament_id: UUID,
    reader: Player | None,
    *,
    cursor: str | None,
    limit: int,
) -> Page[AuditLogEntry]:
    """Return a page of a tournament's audit log, newest first.

    Raises:
        NoSuchTournament
        InvalidFields: the cursor does not belong to this log.
    """
    before = None if cursor is None else decode_cursor(cursor, AuditLogCursor).note_id
    tournament = await find_visible(session, tournament_id, reader)
    notes = await _read_entries(session, tournament.id, before=before, limit=limit + 1)
    items = [_to_schema(each) for each in notes[:limit]]
    more = len(notes) > limit
    return Page(items, encode_cursor(AuditLogCursor(items[-1].id)) if more else None)


async def _read_entries(
    session: AsyncSession, tournament_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[AuditEntry]:
    notes = select(AuditEntry).where(AuditEntry.tournament_id == tournament_id)
    if before is not None:
        notes = notes.where(AuditEntry.id < before)
    return (await session.scalars(notes.order_by(AuditEntry.id.desc()).limit(limit))).all()


def _to_schema(note: AuditEntry) -> AuditLogEntry:
    return AuditLogEntry(
        id=note.id,
        at=note.at,
        actor=note.actor_name,
        action=note.action,
        subject=note.subject,
        before=note.before,
        after=note.after,
        reason=note.reason,
    )
