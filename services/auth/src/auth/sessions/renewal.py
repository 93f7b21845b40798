"""Rules for a refresh token that is presented. Pure functions; docs/sessions.md has the same rules as a table."""

from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

import msgspec

from auth.accounts.identity import Identity

REUSE_GRACE = timedelta(seconds=10)
"""Time for which a used token is still accepted, because parallel requests send the same token."""
IDLE_LIFETIME = timedelta(days=30)
"""Lifetime of a session that is not renewed."""
ABSOLUTE_LIFETIME = timedelta(days=90)
"""Maximum lifetime of a session; after it the player must sign in again."""


class PresentedToken(msgspec.Struct, frozen=True):
    """A known refresh token that a client presented, with its session and the account's current claims."""

    identity: Identity
    session_id: UUID
    generation: int
    used_at: datetime | None
    newest_generation: int
    session_created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class RenewalVerdict(Enum):
    """How to answer a presented refresh token."""

    OVER = auto()
    ROTATE = auto()
    """The token is unused: it is used up now."""
    REPEAT = auto()
    """The token was used within the grace period: the answer is the current unused token."""
    REUSED = auto()
    """The token was used before: there is a copy, and the request may come from either holder."""


def judge_token(shown: PresentedToken, now: datetime) -> RenewalVerdict:
    """Decide how a presented refresh token is answered."""
    if shown.ended_at is not None or shown.expires_at <= now:
        return RenewalVerdict.OVER
    if shown.used_at is None:
        return RenewalVerdict.ROTATE
    if now - shown.used_at <= REUSE_GRACE:
        return RenewalVerdict.REPEAT
    return RenewalVerdict.REUSED


def expiry_after_renewal(session_created_at: datetime, now: datetime) -> datetime:
    """Return when a session that is renewed now expires unless it is renewed again."""
    return min(now + IDLE_LIFETIME, session_created_at + ABSOLUTE_LIFETIME)
