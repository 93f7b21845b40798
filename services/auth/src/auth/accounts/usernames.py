"""Rules for usernames: the rule for names of `transcendence_common.names`, and stricter ones. Pure functions.

A username is shown the way its owner wrote it, in Unicode's NFKC form. Two usernames are the same if their keys are:
"Ann", "ANN" and "Ann" typed in full-width letters have one key. A username has no blanks, does not mix alphabets that
look alike, and is not reserved. A whole word of Cyrillic letters may still look like a Latin one that is not reserved.
"""

import re
from unicodedata import category, normalize

from transcendence_common.names import INVISIBLE_CHARACTERS, has_stacked_marks, mixes_alphabets
from transcendence_common.reserved_names import REFUSAL, is_reserved

SHORTEST_NAME = 3
LONGEST_NAME = 20

LETTER_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo"})
MARK_CATEGORIES = frozenset({"Mn", "Mc"})
DIGIT_CATEGORIES = frozenset({"Nd"})
SEPARATORS = frozenset("_-")
LONGEST_RAW_NAME = 4 * LONGEST_NAME
"""Characters examined before normalising: decomposed letters are longer, and normalising a long text takes time."""


def as_shown_username(raw: str) -> str:
    """Return the form of a name that is stored and shown."""
    return normalize("NFKC", raw[: LONGEST_RAW_NAME + 1])


def problem_with_username(username: str) -> str | None:
    """Return a sentence about what is wrong with a player name, or None if the name may be used.

    The caller passes the name in the form that `as_shown_username` returns.
    """
    if not username:
        return "Choose a name."
    if not all(_is_allowed_character(character) for character in username):
        return "Use only letters, digits, _ and -."
    if not SHORTEST_NAME <= len(username) <= LONGEST_NAME:
        return f"Choose a name of {SHORTEST_NAME} to {LONGEST_NAME} characters."
    return _problem_with_letters(username)


def nearest_allowed_username(raw: str) -> str:
    """Return the allowed name that is closest to any text, such as a name at a provider. It may be shorter than
    SHORTEST_NAME."""
    kept = "".join(each if _is_allowed_character(each) else "-" for each in as_shown_username(raw))
    return re.sub("-{2,}", "-", kept)[:LONGEST_NAME].strip("-_")


def _problem_with_letters(username: str) -> str | None:
    if username[0] in SEPARATORS or username[-1] in SEPARATORS:
        return "Start and end the name with a letter or a digit."
    if has_stacked_marks(username):
        return "This name contains accents without a letter. Remove them."
    if mixes_alphabets(username):
        return "Use letters of one alphabet: these look alike in different alphabets."
    return REFUSAL if is_reserved(username) else None


def _is_allowed_character(character: str) -> bool:
    kind = category(character)
    visible = not INVISIBLE_CHARACTERS.match(character)
    return character in SEPARATORS or (
        visible and kind in LETTER_CATEGORIES | MARK_CATEGORIES | DIGIT_CATEGORIES
    )
