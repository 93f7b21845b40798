"""Which passwords may be chosen. Pure.

How easily a password is guessed is looked at elsewhere; here are the rules that need no dictionary.
"""

from unicodedata import normalize

MAX_PASSWORD_BODY_BYTES = 16 * 1024
"""Of what anybody may send without being known; the longest name, address and password are far below it."""
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
"""Longer than anybody's passphrase. A limit at all, so that nobody makes us hash a book; nothing is cut off."""
RAW_LIMIT = 4 * LONGEST_PASSWORD
"""Characters that are normalised: decomposed letters are longer. What is longer still is nobody's password, and
normalising takes time with the square of the accents in a row, during which no other thread runs."""


def as_hashed(password: str) -> str:
    """Return the form that is hashed: keyboards differ in how they compose an é, its owner does not care."""
    return normalize("NFC", password) if len(password) <= RAW_LIMIT else password


def problem_with(password: str, *, username: str, email: str) -> str | None:
    """Return what is wrong with a password, as a sentence for its owner; None if nothing is."""
    if not password:
        return "Choose a password."
    if len(password) < SHORTEST_PASSWORD:
        return f"Choose a password of at least {SHORTEST_PASSWORD} characters."
    if len(password) > LONGEST_PASSWORD:
        return f"Choose a password of at most {LONGEST_PASSWORD} characters."
    if password.casefold() in {_folded(username), _folded(email), _folded(email.partition("@")[0])}:
        return "Choose a password that is neither your name nor your email address."
    return None


def _folded(text: str) -> str:
    return text.casefold()
