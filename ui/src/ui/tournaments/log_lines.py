"""Texts of the audit log's entries, which contain names of fields, and times in ISO 8601."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from contracts.tournament.tournaments import AuditAction, AuditLogEntry

TITLES: Final[dict[AuditAction, str]] = {
    "opened": "Opened",
    "changed": "Changed",
    "seeded": "Seeded",
    "started": "Started",
    "cancelled": "Cancelled",
    "removed": "Removed",
    "disqualified": "Disqualified",
    "corrected": "Corrected",
}
FIELDS: Final = {
    "starts_at": "start",
    "registration_closes_at": "end of registration",
    "check_in_minutes": "check-in, minutes before the start",
    "ready_seconds": "ready check, seconds",
    "third_place": "third-place match",
}
TIMES: Final = frozenset({"starts_at", "registration_closes_at"})
ALARMING: Final[frozenset[AuditAction]] = frozenset(
    {"cancelled", "removed", "disqualified", "corrected"}
)
THE_CLOCK: Final = "the clock"
"""The actor in entries of automatic actions."""
NOTHING: Final = "nothing"
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


def log_line(note: AuditLogEntry) -> LogLine:
    is_time = note.action == "changed" and note.subject in TIMES
    changed = note.action == "changed"
    return LogLine(
        id=note.id,
        at=note.at,
        title=TITLES[note.action],
        subject=FIELDS.get(note.subject, note.subject) if changed else note.subject,
        before=_moment(note.before) if is_time else note.before,
        after=(_moment(note.after) if is_time else note.after) or (NOTHING if changed else ""),
        reason=note.reason,
        actor="Automatic" if note.actor == THE_CLOCK else note.actor,
        alarming=note.action in ALARMING,
    )


def _moment(written: str) -> str | datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return written
