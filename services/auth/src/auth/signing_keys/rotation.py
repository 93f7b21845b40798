"""When keys are made, used, shown and forgotten. Pure: keys in the order of their numbers, and the time.

made          active          next one active     forgotten
 |--- shown ----|--- signs, shown ---|--- shown ------|
 >= 15 minutes        30 days          15 minutes
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

TOKEN_LIFETIME = timedelta(minutes=10)
"""Of an access token: what the key that signed it has to be shown for after its last signature."""

ROTATION = timedelta(days=30)
SHOWN_BEFORE_USE = timedelta(minutes=15)
"""Replicas look for new keys every 5 minutes and caches keep the key set for 5: then everybody has it."""
MADE_BEFORE_USE = timedelta(hours=2)
"""Where all goes well. The hours are for replicas and databases that are down just then."""
SHOWN_AFTER_USE = TOKEN_LIFETIME + timedelta(minutes=5)
"""The last token's life, and the difference between clocks."""


class Dated(Protocol):
    """A key as far as time goes."""

    @property
    def active_from(self) -> datetime: ...


KeyT = TypeVar("KeyT", bound=Dated)


def signing(keys: Sequence[KeyT], now: datetime) -> KeyT | None:
    """Return the key that signs: the newest that may.

    The very first may at once: where the clocks of two replicas differ, one of them finds it in the future.
    """
    may = (key for key in reversed(keys) if key is keys[0] or key.active_from <= now)
    return next(may, None)


def shown(keys: Sequence[KeyT], now: datetime) -> list[KeyT]:
    """Return the keys that a valid token may be signed with, now or soon."""
    over = forgotten(keys, now)
    return [key for key in keys if key not in over]


def forgotten(keys: Sequence[KeyT], now: datetime) -> list[KeyT]:
    """Return the keys whose last token has expired: those with a successor that has signed for long enough."""
    return [
        key for key, successor in pairwise(keys) if successor.active_from + SHOWN_AFTER_USE <= now
    ]


def next_activation(keys: Sequence[Dated], now: datetime) -> datetime | None:
    """Return from when on a new key should sign; None while none is due."""
    if not keys:
        return now
    due = keys[-1].active_from + ROTATION
    if now < due - MADE_BEFORE_USE:
        return None
    return max(due, now + SHOWN_BEFORE_USE)
