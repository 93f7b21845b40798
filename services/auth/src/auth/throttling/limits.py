"""Limits of attempts, and how the wait grows. Pure functions."""

import hashlib
from datetime import timedelta

import msgspec

MOST_DOUBLINGS = 30
"""Longer than any wait; a higher exponent overflows an interval."""


class Limit(msgspec.Struct, frozen=True):
    """A number of free attempts; after each further one the next must wait, twice as long each time.

    The wait is at most `longest`, so that no lockout is permanent. An attempt that comes too early is rejected without
    being counted, so that a flood cannot prolong another person's wait.
    """

    kind: str
    subject: str
    free: int
    first: timedelta
    longest: timedelta
    memory: timedelta
    """After this time without an attempt, the count starts again."""

    @property
    def key(self) -> bytes:
        """The stored hash of the limit. Typed names stay unreadable, because some are passwords in the wrong field."""
        return hashlib.sha256(f"{self.kind}\0{self.subject}".encode(errors="replace")).digest()

    def wait_after(self, attempts: int) -> timedelta:
        """Return how long the next attempt must wait after this number of attempts.

        `counting.py` computes the same in SQL, and is tested against this.
        """
        if attempts <= self.free:
            return timedelta(0)
        doublings = min(attempts - self.free - 1, MOST_DOUBLINGS)
        return min(self.first * (1 << doublings), self.longest)
