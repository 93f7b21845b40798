"""Texts of the audit log's entries, which contain names of fields, and times in ISO 8601."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import AuditAction, AuditLogEntry

ACTION_TITLES: Final[dict[AuditAction, str]] = {
    "opened": "Opened",
    "changed": "Changed",
    "seeded": "Seeded",
    "started": "Started",
    "cancelled": "Cancelled",
    "removed": "Removed",
    "disqualified": "Disqualified",
    "corrected": "Corrected",
}
FIELD_NAMES: Final = {
    "starts_at": "start",
    "registration_closes_at": "end of registration",
    "check_in_minutes": "check-in, minutes before the start",
    "ready_seconds": "ready check, seconds",
    "third_place": "third-place match",
}
TIME_FIELDS: Final = frozenset({"starts_at", "registration_closes_at"})
ALARMING_ACTIONS: Final[frozenset[AuditAction]] = frozenset(
    {"cancelled", "removed", "disqualified", "corrected"}
)
CLOCK_NAME: Final = "the clock"
"""The actor in entries of automatic actions."""
EMPTY_VALUE_TEXT: Final = "nothing"
"""The text for a field without a value, next to one with a value."""


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    at: datetime
    title: str
    subject: str
    before: str | datetime
    after: str | datetime
    reason: str
    actor: str
    alarming: bool


def log_line_of(note: AuditLogEntry) -> LogLine:
    is_time = note.action == "changed" and note.subject in TIME_FIELDS
    changed = note.action == "changed"
    return LogLine(
        id=note.id,
        at=note.at,
        title=ACTION_TITLES[note.action],
        subject=FIELD_NAMES.get(note.subject, note.subject) if changed else note.subject,
        before=_parse_time(note.before) if is_time else note.before,
        after=(_parse_time(note.after) if is_time else note.after)
        or (EMPTY_VALUE_TEXT if changed else ""),
        reason=note.reason,
        actor="Automatic" if note.actor == CLOCK_NAME else note.actor,
        alarming=note.action in ALARMING_ACTIONS,
    )


def _parse_time(written: str) -> str | datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return written
