"""Codes of authenticator apps and recovery codes: made, read, compared. Pure, but for their randomness."""

import hashlib
import secrets
from datetime import datetime
from unicodedata import normalize
from uuid import UUID

import msgspec
import pyotp
from pyotp.exceptions import OTPVerificationError

ISSUER = "Transcendence"
"""What apps write above the code."""
DIGITS = 6
STEPS_ASIDE = 1
"""A clock may be half a minute wrong, or its owner slow."""

ALPHABET = "34679acdefghjkmnpqrtwxy"
"""None of them looks like another, printed or written by hand: no 0 o, 1 i l, 2 z, 5 s, 8 b, u v."""
GROUPS = 4
LETTERS_A_GROUP = 4
LETTERS = GROUPS * LETTERS_A_GROUP
"""Of 23 possible ones each: 72 bits."""
RECOVERY_CODES = 10

LONGEST_TYPED = 64
"""Characters that are looked at: both kinds of code are far shorter, also with blanks in between."""


class Code(msgspec.Struct, frozen=True):
    """A code that somebody typed and that could be right."""

    text: str
    is_recovery: bool


def read(typed: str) -> Code | None:
    """Return what was typed in the form that is compared; None if it is neither kind of code."""
    text = "".join(normalize("NFKC", typed[: LONGEST_TYPED + 1]).split()).replace("-", "").lower()
    if len(typed) > LONGEST_TYPED:
        return None
    if len(text) == DIGITS and text.isascii() and text.isdigit():
        return Code(text, is_recovery=False)
    if len(text) == LETTERS and set(text) <= set(ALPHABET):
        return Code(text, is_recovery=True)
    return None


def new_secret() -> str:
    """Return 160 random bits, as RFC 4226 recommends, in base32."""
    return pyotp.random_base32()


def uri_of(secret: str, username: str) -> str:
    """Return what an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, code: Code, now: datetime) -> int | None:
    """Return the half minute that a code belongs to, this one or a neighbour; None if it is wrong."""
    if code.is_recovery:
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            code.text, for_time=now, valid_window=STEPS_ASIDE
        )
    except OTPVerificationError:
        return None


def new_recovery_codes() -> list[str]:
    return [_new_recovery_code() for _ in range(RECOVERY_CODES)]


def digest_of(account_id: UUID, code: Code) -> bytes:
    """Return what is stored of a recovery code.

    A fast hash will do: nobody searches 72 bits. The account's id is in it, so that a search finds one account's codes
    and not anybody's. No key of ours is: codes on paper must outlive a change of keys.
    """
    return hashlib.sha256(account_id.bytes + code.text.encode()).digest()


def _new_recovery_code() -> str:
    groups = (
        "".join(secrets.choice(ALPHABET) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS)
    )
    return "-".join(groups)
