"""Creates, parses and compares codes of authenticator apps and recovery codes. Pure functions, except for
randomness."""

import hashlib
import secrets
from datetime import datetime
from unicodedata import normalize
from uuid import UUID

import msgspec
import pyotp
from pyotp.exceptions import OTPVerificationError

ISSUER = "Transcendence"
"""The name that authenticator apps show above the code."""
DIGITS = 6
TOLERATED_STEPS = 1
"""Time steps accepted before and after the current one: a clock may be 30 s wrong, or the player slow."""

RECOVERY_ALPHABET = "34679acdefghjkmnpqrtwxy"
"""Characters of recovery codes. None resembles another in print or handwriting: no 0 o, 1 i l, 2 z, 5 s, 8 b, u v."""
GROUPS = 4
LETTERS_PER_GROUP = 4
LETTERS = GROUPS * LETTERS_PER_GROUP
"""Letters of a recovery code, with 23 possibilities each: 72 bits."""
RECOVERY_CODES = 10

LONGEST_TYPED_CODE = 64
"""Characters of an input that are examined; both kinds of code are far shorter, even with blanks in between."""


class TypedCode(msgspec.Struct, frozen=True):
    """A typed code that is well-formed."""

    text: str
    is_recovery: bool


def parse_code(typed: str) -> TypedCode | None:
    """Return a typed code in the form that is compared, or None if it is neither an app code nor a recovery code."""
    text = (
        "".join(normalize("NFKC", typed[: LONGEST_TYPED_CODE + 1]).split()).replace("-", "").lower()
    )
    if len(typed) > LONGEST_TYPED_CODE:
        return None
    if len(text) == DIGITS and text.isascii() and text.isdigit():
        return TypedCode(text, is_recovery=False)
    if len(text) == LETTERS and set(text) <= set(RECOVERY_ALPHABET):
        return TypedCode(text, is_recovery=True)
    return None


def new_secret() -> str:
    """Return 160 random bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, username: str) -> str:
    """Return the `otpauth` URI that an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def time_step_of(secret: str, code: TypedCode, now: datetime) -> int | None:
    """Return the 30 s time step that a code belongs to, at most one from the current step, or None if it is wrong."""
    if code.is_recovery:
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            code.text, for_time=now, valid_window=TOLERATED_STEPS
        )
    except OTPVerificationError:
        return None


def new_recovery_codes() -> list[str]:
    return [_new_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_code_digest(account_id: UUID, code: TypedCode) -> bytes:
    """Return the digest that is stored of a recovery code.

    A fast hash is enough, because 72 bits cannot be searched. The account's ID is included, so that a search covers one
    account only. No key of ours is included, because codes on paper must outlive a change of keys.
    """
    return hashlib.sha256(account_id.bytes + code.text.encode()).digest()


def _new_recovery_code() -> str:
    groups = (
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(LETTERS_PER_GROUP))
        for _ in range(GROUPS)
    )
    return "-".join(groups)
