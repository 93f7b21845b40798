"""Checks the texts of organisers: descriptions of several lines, and reasons. Pure functions."""

import re
from typing import Final
from unicodedata import category

from contracts.tournament.tournaments import LONGEST_REASON
from transcendence_common.names import JOINERS, NameRefused, clean_name, has_stacked_marks
from transcendence_common.problems import FieldError, InvalidFields

ALLOWED_CONTROLS: Final = frozenset("\n\t")
LINE_END = re.compile(r"\r\n?")


class TextRefused(ValueError):
    """The text contains characters that must not be shown."""


def clean_multiline_text(typed: str) -> str:
    """Return the text trimmed and with uniform line ends; it may be empty.

    Raises:
        TextRefused: it has control characters (also those that change the direction of text, which would alter the
            text around it), or stacks of accents.
    """
    text = LINE_END.sub("\n", typed).strip()
    if any(
        _is_control(character) and character not in JOINERS | ALLOWED_CONTROLS for character in text
    ):
        raise TextRefused("Remove the control characters.")
    if has_stacked_marks(text):
        raise TextRefused("This text has too many accents on one letter. Remove some.")
    return text


def clean_reason(typed: str) -> str:
    """Return the reason of an organiser's action in the form for the audit log.

    Raises:
        InvalidFields: it breaks the rules for names.
    """
    try:
        return clean_name(typed, longest=LONGEST_REASON)
    except NameRefused as refused:
        raise InvalidFields(FieldError("reason", str(refused))) from refused


def _is_control(character: str) -> bool:
    kind = category(character)
    return kind[0] == "C" or kind in {"Zl", "Zp"}
