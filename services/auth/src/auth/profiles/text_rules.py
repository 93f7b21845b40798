"""Rules for display names and bios. Pure functions.

A display name follows the rule for names, does not mix alphabets that look alike in a word, and is not reserved. A bio
is plain text in Unicode's NFC form; it may have paragraphs.
"""

import re
from unicodedata import category, normalize

from auth.accounts.models import LONGEST_BIO, LONGEST_DISPLAY_NAME
from transcendence_common import names
from transcendence_common.names import JOINERS, RAW_FACTOR, has_stacked_marks, mixes_alphabets
from transcendence_common.reserved_names import REFUSAL, is_reserved

NEW_LINE = re.compile(r"\r\n?|\u2028|\u2029")
EMPTY_LINES = re.compile(r"\n[ \n]*\n")

CATEGORIES_NOT_IN_BIOS = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Unlike a name, a bio may contain code points that this Python's Unicode version does not know: next year's emoji."""


def as_shown_name(raw: str) -> str:
    """Return the form of a display name that is stored and shown; empty if there is none."""
    return names.normalise_name(raw, longest=LONGEST_DISPLAY_NAME)


def as_shown_bio(raw: str) -> str:
    """Return the form of a bio that is stored and shown: one kind of line break, and at most one empty line in a
    row."""
    composed = normalize("NFC", raw[: RAW_FACTOR * LONGEST_BIO + 1])
    return EMPTY_LINES.sub("\n\n", NEW_LINE.sub("\n", composed)).strip()


def problem_with_name(name: str) -> str | None:
    """Return a sentence that tells the owner what is wrong with a display name, or None if nothing is. `name` is the
    form that `as_shown_name` returns."""
    if sentence := names.name_problem(name, longest=LONGEST_DISPLAY_NAME):
        return sentence
    if any(mixes_alphabets(word) for word in name.split()):
        return "Use letters of one alphabet in a word: these look alike in different alphabets."
    return REFUSAL if is_reserved(name) else None


def problem_with_bio(bio: str) -> str | None:
    """Return a sentence that tells the owner what is wrong with a bio, or None if nothing is. `bio` is the form that
    `as_shown_bio` returns."""
    if len(bio) > LONGEST_BIO:
        return f"A bio has at most {LONGEST_BIO} characters."
    if not all(_is_allowed_in_bio(character) for character in bio):
        return "This text contains invisible characters. Remove them."
    if has_stacked_marks(bio):
        return "This text has too many accents on one letter. Remove some."
    return None


def _is_allowed_in_bio(character: str) -> bool:
    return (
        character == "\n"
        or character in JOINERS
        or category(character) not in CATEGORIES_NOT_IN_BIOS
    )
