"""Names that somebody typed for the second player at the keyboard."""

import unicodedata

MAX_CHARACTERS = 32
RAW_LIMIT = 4 * MAX_CHARACTERS
"""Characters before normalising: a letter decomposes into four at most. Normalising takes time with the square of the
accents in a row, and the event loop waits: a megabyte of them would stop the service for minutes."""
JOINERS = frozenset("\u200c\u200d")
"""Invisible, yet part of Persian words and of many emoji."""


class NameRefused(ValueError):
    """The name cannot be shown as it is."""


def clean_name(typed: str) -> str:
    """Return the name normalised (NFC) and trimmed.

    Raises:
        NameRefused: nothing visible, too long, or with control characters (those that turn the direction
            of text among them: they would rewrite the line around the name).
    """
    typed = typed.strip()
    # An overlong one is not normalised, and stays overlong.
    name = unicodedata.normalize("NFC", typed) if len(typed) <= RAW_LIMIT else typed
    if not any(_is_visible(character) for character in name):
        raise NameRefused("Enter a name.")
    if len(name) > MAX_CHARACTERS:
        raise NameRefused(f"Use at most {MAX_CHARACTERS} characters.")
    if any(_is_control(character) for character in name):
        raise NameRefused("Use no control characters.")
    return name


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ"


def _is_control(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] == "C" and character not in JOINERS) or category in {"Zl", "Zp"}
