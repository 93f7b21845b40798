"""How often something may be tried, and how the waiting grows. Pure."""

import hashlib
from datetime import timedelta

import msgspec

MOST_DOUBLINGS = 30
"""Longer than any wait; what is above overflows an interval."""


class Limit(msgspec.Struct, frozen=True):
    """So many attempts are free; after each further one the next has to wait, twice as long each time.

    The wait never grows beyond `longest`, so that nobody is locked out for good, and an attempt that comes too early
    is refused without being counted, so that nobody can prolong another's wait by hammering.
    """

    kind: str
    subject: str
    free: int
    first: timedelta
    longest: timedelta
    memory: timedelta
    """After so long without an attempt, the count begins anew."""

    @property
    def key(self) -> bytes:
        """What is stored of it: typed names, some of them passwords in the wrong field, are nobody's to read."""
        return hashlib.sha256(f"{self.kind}\0{self.subject}".encode(errors="replace")).digest()

    def wait_after(self, attempts: int) -> timedelta:
        """Return how long the next attempt has to wait after so many.

        `counting.py` says the same in SQL, and is tested against this.
        """
        if attempts <= self.free:
            return timedelta(0)
        doublings = min(attempts - self.free - 1, MOST_DOUBLINGS)
        return min(self.first * (1 << doublings), self.longest)
