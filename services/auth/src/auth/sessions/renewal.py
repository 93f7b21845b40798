"""What becomes of a refresh token that is shown. Pure; docs/sessions.md has the same rules as a table."""

from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

import msgspec

from auth.accounts.identity import Identity

GRACE = timedelta(seconds=10)
"""Requests side by side come with one token: the slowest of them has this long."""
IDLE_LIFETIME = timedelta(days=30)
"""Of a session that nobody renews."""
ABSOLUTE_LIFETIME = timedelta(days=90)
"""Of any session: then the password is asked for again."""


class ShownToken(msgspec.Struct, frozen=True):
    """A refresh token that exists, with its session and the account's claims of today."""

    identity: Identity
    session_id: UUID
    generation: int
    used_at: datetime | None
    newest_generation: int
    session_created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class Verdict(Enum):
    """What is to be done about a shown token."""

    OVER = auto()
    ROTATE = auto()
    """Unused: it is used up now."""
    REPEAT = auto()
    """Used a moment ago: the answer is the token that is unused now."""
    REUSED = auto()
    """Used before: somebody has a copy, and nobody can tell whose request this is."""


def judge(shown: ShownToken, now: datetime) -> Verdict:
    if shown.ended_at is not None or shown.expires_at <= now:
        return Verdict.OVER
    if shown.used_at is None:
        return Verdict.ROTATE
    if now - shown.used_at <= GRACE:
        return Verdict.REPEAT
    return Verdict.REUSED


def expiry(session_created_at: datetime, now: datetime) -> datetime:
    """Return when a session that is renewed now ends unless it is renewed again."""
    return min(now + IDLE_LIFETIME, session_created_at + ABSOLUTE_LIFETIME)
