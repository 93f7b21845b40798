"""Argon2id away from the event loop: two at once, a bounded queue, and the same work for a name nobody has."""

import asyncio
import os
import secrets
import threading
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from litestar import Litestar

from auth.accounts.errors import TooManyPasswords
from auth.accounts.passwords import as_hashed

OWASP_FIRST_CHOICE = Parameters(
    type=Type.ID,
    version=19,
    salt_len=16,
    hash_len=32,
    time_cost=1,
    memory_cost=46 * 1024,
    parallelism=1,
)
"""46 MiB in one pass and one lane: 40 ms on one core. RFC 9106's 64 MiB in three passes takes three times as long
and buys little; one lane keeps "two at once" true of cores as well."""

HASHES_AT_ONCE = 2
"""argon2 releases the interpreter's lock, so this is cores and, times 46 MiB, memory."""
NICENESS = 10
"""Two hashes take two cores whole for 50 ms each; whoever asks for something else meanwhile is answered beside them."""
HASHES_WAITING = 32
"""About a second of work. Who would wait longer than callers do is told to come back at once."""

ResultT = TypeVar("ResultT")


class Passwords:
    """Hashes and verifies passwords."""

    def __init__(
        self,
        parameters: Parameters = OWASP_FIRST_CHOICE,
        *,
        at_once: int = HASHES_AT_ONCE,
        waiting: int = HASHES_WAITING,
    ) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobodys_hash = _hash_of_nothing(parameters)
        self._threads = ThreadPoolExecutor(
            at_once, thread_name_prefix="argon2", initializer=_let_others_go_first
        )
        self._room = at_once + waiting

    async def hash(self, password: str) -> str:
        """Return the hash to store.

        Raises:
            TooManyPasswords: the queue is full.
        """
        return await self._in_thread(lambda: self._hasher.hash(as_hashed(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether a password is right; without a stored hash it never is, after the same work.

        Raises:
            TooManyPasswords: the queue is full.
        """
        against = self._nobodys_hash if stored is None else stored
        return await self._in_thread(lambda: self._matches(against, as_hashed(password)))

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Let the threads go when the application stops."""
        yield
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], ResultT]) -> ResultT:
        if self._room == 0:
            raise TooManyPasswords
        self._room -= 1
        job = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Counted by the job, not by who waits for it: a caller who hangs up does not stop the thread.
        job.add_done_callback(self._make_room)
        return await asyncio.shield(job)

    def _make_room(self, job: asyncio.Future[ResultT]) -> None:
        self._room += 1
        if not job.cancelled():
            job.exception()

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _let_others_go_first() -> None:
    """Of all who want a processor the hashes are in the least hurry. Linux keeps a niceness for each thread."""
    thread = threading.get_native_id()
    # Never less nice than the process, which nobody without privileges may be.
    niceness = max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
    os.setpriority(os.PRIO_PROCESS, thread, niceness)


def _hash_of_nothing(parameters: Parameters) -> str:
    """Return a well-formed hash that no password has: random bytes where the digest would be."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (parameters.salt_len, parameters.hash_len)
    )
    costs = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"$argon2id$v={parameters.version}${costs}${salt}${digest}"
