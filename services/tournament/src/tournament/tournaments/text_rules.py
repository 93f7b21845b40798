"""Checks the texts of organisers: descriptions of several lines, and reasons. Pure functions."""

import re
from typing import Final
from unicodedata import category

from contracts.tournament.tournaments import LONGEST_REASON
from transcendence_common.names import JOINERS, NameRefused, clean, has_towers
from transcendence_common.problems import FieldError, InvalidFields

LAYOUT: Final = frozenset("\n\t")
NEW_LINE = re.compile(r"\r\n?")


class TextRefused(ValueError):
    """The text contains characters that must not be shown."""


def multiline_text(typed: str) -> str:
    """Return the text trimmed and with uniform line ends; it may be empty.

    Raises:
        TextRefused: it has control characters (also those that change the direction of text, which would alter
            the
            text around it), or stacks of accents.
    """
    text = NEW_LINE.sub("\n", typed).strip()
    if any(_is_control(character) and character not in JOINERS | LAYOUT for character in text):
        raise TextRefused("Remove the control characters.")
    if has_towers(text):
        raise TextRefused("This text has too many accents on one letter. Remove some.")
    return text


def reason_of(typed: str) -> str:
    """Return the reason of an organiser's action in the form for the audit log.

    Raises:
        InvalidFields: it breaks the rules for names.
    """
    try:
        return clean(typed, longest=LONGEST_REASON)
    except NameRefused as refused:
        raise InvalidFields(FieldError("reason", str(refused))) from refused


def _is_control(character: str) -> bool:
    kind = category(character)
    return kind[0] == "C" or kind in {"Zl", "Zp"}
