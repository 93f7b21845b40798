"""Rules for passwords that need no dictionary. Pure functions.

`password_strength` estimates how easily a password is guessed.
"""

from unicodedata import normalize

MAX_PASSWORD_BODY_BYTES = 16 * 1024
"""Largest body accepted from unauthenticated clients; the longest name, address and password are far below it."""
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
"""Characters: longer than any usual passphrase. The limit bounds the cost of hashing; nothing is cut off."""
LONGEST_RAW_PASSWORD = 4 * LONGEST_PASSWORD
"""Characters that are normalised, because decomposed letters are longer. A longer input is no valid password, and
normalising takes time with the square of the consecutive accents, during which no other thread runs."""


def as_hashed(password: str) -> str:
    """Normalise a password (NFC) for hashing, because keyboards type an é as one character or as two.

    One with more than LONGEST_RAW_PASSWORD characters is returned unchanged; it is no valid password.
    """
    return normalize("NFC", password) if len(password) <= LONGEST_RAW_PASSWORD else password


def problem_with_password(password: str, *, username: str, email: str) -> str | None:
    """Return a sentence that tells the owner what is wrong with a password, or None if it follows the rules."""
    if not password:
        return "Choose a password."
    if len(password) < SHORTEST_PASSWORD:
        return f"Choose a password of at least {SHORTEST_PASSWORD} characters."
    if len(password) > LONGEST_PASSWORD:
        return f"Choose a password of at most {LONGEST_PASSWORD} characters."
    if password.casefold() in {
        _case_folded(username),
        _case_folded(email),
        _case_folded(email.partition("@")[0]),
    }:
        return "Choose a password that is neither your name nor your email address."
    return None


def _case_folded(text: str) -> str:
    return text.casefold()
