"""Argon2id hashing outside the event loop: two threads, a bounded queue, and the same work for an unknown name."""

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

OWASP_PARAMETERS = Parameters(
    type=Type.ID,
    version=19,
    salt_len=16,
    hash_len=32,
    time_cost=1,
    memory_cost=46 * 1024,
    parallelism=1,
)
"""46 MiB in one pass and one lane: 40 ms on one core. RFC 9106's 64 MiB in three passes takes three times as long for
little gain; with one lane, two parallel hashes use two cores."""

HASHES_AT_ONCE = 2
"""Hashes in parallel. argon2 releases the interpreter's lock, so this is the number of cores and, times 46 MiB, of
memory."""
NICENESS = 10
"""Niceness of the hashing threads. Two hashes occupy two cores for 50 ms each; other requests take precedence."""
HASHES_WAITING = 32
"""Hashes that may wait: about 1 s of work. Requests that would queue longer than the client's timeout are rejected
immediately."""

ResultT = TypeVar("ResultT")


class PasswordHashing:
    """Hashes and verifies passwords in two threads of low priority, behind a bounded queue."""

    def __init__(
        self,
        parameters: Parameters = OWASP_PARAMETERS,
        *,
        at_once: int = HASHES_AT_ONCE,
        waiting: int = HASHES_WAITING,
    ) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobodys_hash = _unmatchable_hash(parameters)
        self._threads = ThreadPoolExecutor(
            at_once, thread_name_prefix="argon2", initializer=_lower_thread_priority
        )
        self._room = at_once + waiting

    async def hash(self, password: str) -> str:
        """Return the hash of a password to store.

        Raises:
            TooManyPasswords: the queue is full.
        """
        return await self._run_in_thread(lambda: self._hasher.hash(as_hashed(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether a password is right. Without a stored hash the answer is no, after the same work.

        Raises:
            TooManyPasswords: the queue is full.
        """
        against = self._nobodys_hash if stored is None else stored
        return await self._run_in_thread(lambda: self._hash_matches(against, as_hashed(password)))

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other than the current parameters."""
        return self._hasher.check_needs_rehash(stored)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Stop the threads when the application stops."""
        yield
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run_in_thread(self, work: Callable[[], ResultT]) -> ResultT:
        if self._room == 0:
            raise TooManyPasswords
        self._room -= 1
        job = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Released by the job, not by the waiting request: a client that disconnects does not stop the thread.
        job.add_done_callback(self._release_place)
        return await asyncio.shield(job)

    def _release_place(self, job: asyncio.Future[ResultT]) -> None:
        self._room += 1
        if not job.cancelled():
            job.exception()

    def _hash_matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _lower_thread_priority() -> None:
    """Lower the thread's scheduling priority, because hashes are the least urgent work. Linux has a niceness for each
    thread."""
    thread = threading.get_native_id()
    # Never below the niceness of the process, which an unprivileged process may not lower.
    niceness = max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread))
    os.setpriority(os.PRIO_PROCESS, thread, niceness)


def _unmatchable_hash(parameters: Parameters) -> str:
    """Return a well-formed hash that no password matches, with random bytes as its digest."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (parameters.salt_len, parameters.hash_len)
    )
    costs = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"$argon2id$v={parameters.version}${costs}${salt}${digest}"
