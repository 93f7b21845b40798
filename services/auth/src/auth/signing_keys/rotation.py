"""Times at which keys are created, used, published and deleted. Pure functions of the keys by number, and the time.

made          active          next one active     forgotten
 |--- shown ----|--- signs, shown ---|--- shown ------|
 >= 15 minutes        30 days          15 minutes
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

TOKEN_LIFETIME = timedelta(minutes=10)
"""Lifetime of an access token. The key that signed it must be published for this long after its last signature."""

ROTATION_INTERVAL = timedelta(days=30)
PUBLISHED_BEFORE_USE = timedelta(minutes=15)
"""Replicas look for new keys every 5 minutes, and caches store the key set for 5: after 15 minutes all have the new
key."""
CREATED_BEFORE_USE = timedelta(hours=2)
"""Planned interval before use. Two hours allow for replicas and databases that are down in that time."""
PUBLISHED_AFTER_USE = TOKEN_LIFETIME + timedelta(minutes=5)
"""The lifetime of the last token, plus 5 minutes for differences between clocks."""


class DatedKey(Protocol):
    """A key with the time from which it may sign."""

    @property
    def active_from(self) -> datetime: ...


KeyT = TypeVar("KeyT", bound=DatedKey)


def signing_key_of(keys: Sequence[KeyT], now: datetime) -> KeyT | None:
    """Return the key that signs: the newest that is active.

    The very first key may sign at once: if the clocks of two replicas differ, it lies in the future for one of them.
    """
    may = (key for key in reversed(keys) if key is keys[0] or key.active_from <= now)
    return next(may, None)


def published_keys(keys: Sequence[KeyT], now: datetime) -> list[KeyT]:
    """Return the keys that valid tokens may be signed with, now or soon."""
    over = expired_keys(keys, now)
    return [key for key in keys if key not in over]


def expired_keys(keys: Sequence[KeyT], now: datetime) -> list[KeyT]:
    """Return the keys whose last token has expired, because their successor has signed for long enough."""
    return [
        key
        for key, successor in pairwise(keys)
        if successor.active_from + PUBLISHED_AFTER_USE <= now
    ]


def next_activation(keys: Sequence[DatedKey], now: datetime) -> datetime | None:
    """Return the time from which a key that must be created now will sign, or None while no new key is due."""
    if not keys:
        return now
    due = keys[-1].active_from + ROTATION_INTERVAL
    if now < due - CREATED_BEFORE_USE:
        return None
    return max(due, now + PUBLISHED_BEFORE_USE)
