"""The duration of a refusal does not reveal whether an account exists: each kind of
refusal verifies one hash.

The drills measure the duration. They alternate between three kinds of refusal, each with its full
cost: the limits, the hash with the production parameters, and the security log. The median of the
differences within a turn is compared, so that a busy minute affects both sides. A leak that skips
the hash differs by its whole duration; the asserted limit is far below that and above the noise of
a few dozen differences. If the machine was too noisy, more turns are taken.
"""

import statistics
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from time import perf_counter

import pytest
from argon2.profiles import CHEAPEST

from auth.accounts.hashing import PasswordHashing, ResultT
from auth.settings import AuthSettings
from services.auth.tests.browsers import Browser
from services.auth.tests.service_under_test import Auth, running
from tests.fixtures.databases import ServiceDatabase

WRONG_PASSWORD = "Alice"
NO_PASSWORD = "Bob"
UNKNOWN_NAME = "Charlie"
KINDS = (WRONG_PASSWORD, NO_PASSWORD, UNKNOWN_NAME)

TURNS = 15
"""Turns of three hashes of about 40 ms each: 2 s on an idle machine."""
ROUNDS = 6
NOTICEABLE = 0.15
"""Allowed difference, as a share of a hash."""


class CountingHashes(PasswordHashing):
    """Counts the hashes that Argon2 computes."""

    def __init__(self) -> None:
        super().__init__(CHEAPEST)
        self.worked_on = 0

    async def _run_in_thread(self, work: Callable[[], ResultT]) -> ResultT:
        self.worked_on += 1
        return await super()._run_in_thread(work)


class LeakyPasswords(PasswordHashing):
    """Skips the hash if there is nothing to compare with."""

    async def verify(self, stored: str | None, password: str) -> bool:
        return stored is not None and await super().verify(stored, password)


class Turns:
    """Durations in seconds of each kind, by turn."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}

    async def take(self, auth: Auth) -> None:
        for turn in range(TURNS):
            # The order rotates, since the first in a turn finds the machine in another state.
            for kind in KINDS[turn % 3 :] + KINDS[: turn % 3]:
                self._seconds[kind].append(await refused(auth, kind))
            auth.clock.advance(hours=25)

    def differs_by(self, kind: str) -> float:
        """Return the typical difference from a wrong password, as a share of its duration."""
        pairs = zip(self._seconds[kind], self._seconds[WRONG_PASSWORD], strict=True)
        difference = statistics.median(one - other for one, other in pairs)
        return abs(difference) / statistics.median(self._seconds[WRONG_PASSWORD])


async def refused(auth: Auth, name: str) -> float:
    started = perf_counter()
    answer = await Browser(auth).sign_in(name, "another password")
    seconds = perf_counter() - started
    assert answer.status_code == 401
    return seconds


@asynccontextmanager
async def with_accounts(
    database: ServiceDatabase, settings: AuthSettings, passwords: PasswordHashing
) -> AsyncGenerator[Auth, None]:
    async with (
        database.committed() as db,
        running(settings, db, passwords=passwords) as auth,
    ):
        for name in (WRONG_PASSWORD, NO_PASSWORD):
            await auth.register(name)
        await auth.execute(
            "UPDATE accounts SET password_hash = NULL WHERE username = :name", name=NO_PASSWORD
        )
        # The first of each kind finds empty caches, and inserts a row that later ones update.
        for name in KINDS:
            await refused(auth, name)
        yield auth


async def test_each_refusal_verifies_one_hash(
    auth_database: ServiceDatabase, settings: AuthSettings
) -> None:
    passwords = CountingHashes()
    async with with_accounts(auth_database, settings, passwords) as auth:
        for kind in KINDS:
            before = passwords.worked_on
            await refused(auth, kind)
            assert passwords.worked_on - before == 1, kind


@pytest.mark.drill
@pytest.mark.parametrize("kind", [UNKNOWN_NAME, NO_PASSWORD])
async def test_all_refusals_take_equally_long(
    auth_database: ServiceDatabase, settings: AuthSettings, kind: str
) -> None:
    turns = Turns()
    async with with_accounts(auth_database, settings, PasswordHashing()) as auth:
        for _ in range(ROUNDS):
            await turns.take(auth)
            if turns.differs_by(kind) < NOTICEABLE:
                return
    pytest.fail(f"{turns.differs_by(kind):.0%} between {kind} and a wrong password")


@pytest.mark.drill
@pytest.mark.parametrize("kind", [UNKNOWN_NAME, NO_PASSWORD])
async def test_a_skipped_hash_would_be_noticed(
    auth_database: ServiceDatabase, settings: AuthSettings, kind: str
) -> None:
    """Tests the measurement itself: each round must see the leak, however noisy the machine is."""
    async with with_accounts(auth_database, settings, LeakyPasswords()) as auth:
        turns = Turns()
        await turns.take(auth)
        assert turns.differs_by(kind) > 2 * NOTICEABLE
