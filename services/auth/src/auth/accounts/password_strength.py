"""Estimates with zxcvbn how easily a password is guessed: from words, names, dates, keyboard rows and the owner's
name."""

import asyncio
import re
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from math import isqrt, prod

import msgspec
from litestar import Litestar
from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE

from auth.accounts import passwords
from auth.accounts.errors import TooManyPasswords

LOWEST_ACCEPTED_SCORE = 3
"""Lowest accepted score of 0 to 4: 3 means at least 10⁸ guesses. Against rate-limited sign-ins 2 would be enough; 3
resists for a while if the database is stolen and each guess costs an Argon2 hash. Nine random characters have it."""

MAX_EXAMINED_CHARACTERS = 72
"""Characters of a password that are examined; zxcvbn rejects more, because its time grows with their square."""
MAX_EXAMINED_WORK = MAX_EXAMINED_CHARACTERS**2 * 48
"""Limit of the characters squared times the ways in which signs may stand for letters, as in `p4$$w0rd`. zxcvbn tries
all of them: a usual password takes 2 ms, 72 characters of such signs 2.9 s. With this limit it is at most 0.3 s."""
CHECKS_WAITING = 32
"""Checks that may wait, as in hashing: requests that would queue longer than the client's timeout are rejected."""

SITE_WORDS = ("transcendence", "pong")
PART_SEPARATORS = re.compile(r"\W+|_")


class _PasswordPart(msgspec.Struct, frozen=True):
    """A part of a password, and the pattern that zxcvbn found in it: `bruteforce` if it recognised none."""

    pattern: str
    token: str
    dictionary_name: str = ""


class _StrengthEstimate(msgspec.Struct, frozen=True):
    score: int
    sequence: list[_PasswordPart]


class PasswordStrength:
    """Rates passwords in one thread: zxcvbn stores the user's words in a global variable, and parallel calls would mix
    them up."""

    def __init__(self, *, waiting: int = CHECKS_WAITING) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="zxcvbn")
        self._room = 1 + waiting

    async def problem_with(self, password: str, *, username: str, email: str) -> str | None:
        """Return a sentence that tells the owner what is wrong with a password, or None if it may be used.

        Raises:
            TooManyPasswords: the queue is full.
        """
        problem = passwords.problem_with_password(password, username=username, email=email)
        if problem is not None:
            return problem
        if self._room == 0:
            raise TooManyPasswords
        self._room -= 1
        job = asyncio.get_running_loop().run_in_executor(
            self._thread, _estimate_strength, password, _words_about_owner(username, email)
        )
        # Released by the job, not by the waiting request: a client that disconnects does not stop the thread.
        job.add_done_callback(self._release_place)
        judgement = await asyncio.shield(job)
        return None if judgement.score >= LOWEST_ACCEPTED_SCORE else _advice_on(judgement)

    @asynccontextmanager
    async def lifespan(self, _: Litestar) -> AsyncGenerator[None, None]:
        """Stop the thread when the application stops."""
        yield
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _release_place(self, job: asyncio.Future[_StrengthEstimate]) -> None:
        self._room += 1
        if not job.cancelled():
            job.exception()


def _estimate_strength(password: str, words: list[str]) -> _StrengthEstimate:
    return msgspec.convert(zxcvbn(_examined_part(password), words), _StrengthEstimate)


def _examined_part(password: str) -> str:
    """Return the beginning of a password that zxcvbn can rate within the time that MAX_EXAMINED_WORK allows."""
    signs = set(password)
    readings = prod(max(1, len(signs.intersection(stand_ins))) for stand_ins in L33T_TABLE.values())
    return password[: min(MAX_EXAMINED_CHARACTERS, isqrt(MAX_EXAMINED_WORK // readings))]


def _words_about_owner(username: str, email: str) -> list[str]:
    """Return the words that an attacker who knows the owner tries first, whole and in parts."""
    whole = [username, email, email.partition("@")[0], *SITE_WORDS]
    parts = (part for text in whole for part in PART_SEPARATORS.split(text))
    return [word for word in dict.fromkeys([*whole, *parts]) if word]


def _advice_on(judgement: _StrengthEstimate) -> str:
    """Return advice about the longest part of a password, the part that zxcvbn's own feedback is about."""
    longest = max(judgement.sequence, key=lambda match: len(match.token))
    match longest.pattern, longest.dictionary_name:
        case "dictionary", "user_inputs":
            why = "it contains your name, your address or ours"
        case "dictionary", "passwords":
            why = "it is close to one of the most common passwords"
        case "dictionary", "male_names" | "female_names" | "surnames":
            why = "it is a name with little added"
        case "dictionary", _:
            why = "it is a common word with little added"
        case "spatial", _:
            why = "it follows the rows of the keyboard"
        case "repeat", _:
            why = "it repeats itself"
        case "sequence", _:
            why = "it is a simple sequence"
        case (("date" | "regex"), _):
            why = "it is a date or a year with little added"
        case _:
            why = "it is too short for its characters"
    return f"This password is easy to guess: {why}. Combine a few unrelated words."
