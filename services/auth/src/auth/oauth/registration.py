"""Registers accounts for people who come from a provider for the first time."""

import secrets
from collections.abc import Iterator
from itertools import count
from typing import Final
from uuid import UUID

from auth.accounts import emails, usernames
from auth.accounts import queries as accounts
from transcendence_common.database import TimedSession
from transcendence_common.ids import new_id
from transcendence_common.names import name_key

FALLBACK_NAME: Final = "player"
FEWEST_DIGITS: Final = 2
MOST_DIGITS: Final = 9
"""Digits appended to a name at most: a billion variants of one name, for which `FALLBACK_NAME` is short enough."""


async def create_verified_account(
    session: TimedSession, suggested_name: str, email: str
) -> UUID | None:
    """Register an account without a password, with a verified address; return None if a verified account has the
    address.

    The unique constraints decide about name and address, after waiting for parallel inserts.
    """
    account_id = new_id()
    for username in username_candidates(suggested_name):
        if await accounts.find_owner_of_email(session, emails.email_key_of(email)) is not None:
            return None
        account: dict[str, object] = {
            "id": account_id,
            "username": username,
            "username_key": name_key(username),
            "email": email,
            "email_key": emails.email_key_of(email),
            "email_verified_at": session.now,
            "created_at": session.now,
        }
        if await accounts.insert_unless_taken(session, account):
            break
    return account_id


def username_candidates(suggested: str) -> Iterator[str]:
    """Yield allowed names: first the suggested one or the closest to it, then variants with more and more digits."""
    base = usernames.nearest_allowed_username(suggested)
    if usernames.problem_with_username(base) is None:
        yield base
    for tries in count():
        digits = min(FEWEST_DIGITS + tries, MOST_DIGITS)
        name = _with_digits(base, digits)
        yield (
            name
            if usernames.problem_with_username(name) is None
            else _with_digits(FALLBACK_NAME, digits)
        )


def _with_digits(base: str, digits: int) -> str:
    """Append random digits, after a hyphen if the name ends in a digit: `alice7` and 42 become `alice7-42`."""
    separator = "-" if base[-1:].isdigit() else ""
    kept = base[: usernames.LONGEST_NAME - digits - len(separator)].rstrip("-_")
    return f"{kept}{separator}{secrets.randbelow(10**digits):0{digits}}"
