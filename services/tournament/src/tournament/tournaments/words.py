"""What organisers write: a description that may have several lines, and a reason. Pure."""

import re
from typing import Final
from unicodedata import category

from contracts.tournament.tournaments import LONGEST_REASON
from transcendence_common.names import JOINERS, NameRefused, clean, has_towers
from transcendence_common.problems import FieldError, InvalidFields

LAYOUT: Final = frozenset("\n\t")
NEW_LINE = re.compile(r"\r\n?")


class WordsRefused(ValueError):
    """The words cannot be shown as they are."""


def some_lines(typed: str) -> str:
    """Return the text trimmed, with one kind of new line; it may be empty.

    Raises:
        WordsRefused: control characters (those that turn the direction of text among them: they would rewrite what
            stands around it), or towers of accents.
    """
    text = NEW_LINE.sub("\n", typed).strip()
    if any(_is_control(character) and character not in JOINERS | LAYOUT for character in text):
        raise WordsRefused("Remove the control characters.")
    if has_towers(text):
        raise WordsRefused("This text has too many accents on one letter. Remove some.")
    return text


def reason_of(typed: str) -> str:
    """Return why an organiser does something, as it goes on record.

    Raises:
        InvalidFields: it breaks the rule for names.
    """
    try:
        return clean(typed, longest=LONGEST_REASON)
    except NameRefused as refused:
        raise InvalidFields(FieldError("reason", str(refused))) from refused


def _is_control(character: str) -> bool:
    kind = category(character)
    return kind[0] == "C" or kind in {"Zl", "Zp"}
