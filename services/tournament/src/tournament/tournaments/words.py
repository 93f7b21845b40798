"""What organisers write: a name on one line, a description that may have several, a reason. Pure."""

import re
from collections.abc import Set as AbstractSet
from typing import Final
from unicodedata import category

from transcendence_common.problems import FieldError, InvalidFields

JOINERS: Final = frozenset("\u200c\u200d")
"""Invisible, yet part of Persian words and of many emoji."""
LAYOUT: Final = frozenset("\n\t")
NEW_LINE = re.compile(r"\r\n?")


class WordsRefused(ValueError):
    """The words cannot be shown as they are."""


def one_line(typed: str) -> str:
    """Return the line trimmed.

    Raises:
        WordsRefused: nothing visible, or control characters (those that turn the direction of text among them:
            they would rewrite the line around it).
    """
    line = typed.strip()
    if not any(_is_visible(character) for character in line):
        raise WordsRefused("Write something that can be seen.")
    _check(line, JOINERS)
    return line


def some_lines(typed: str) -> str:
    """Return the text trimmed, with one kind of new line; it may be empty.

    Raises:
        WordsRefused: control characters, as for a line.
    """
    text = NEW_LINE.sub("\n", typed).strip()
    _check(text, JOINERS | LAYOUT)
    return text


def reason_of(typed: str) -> str:
    """Return why an organiser does something, as it goes on record.

    Raises:
        InvalidFields: as `WordsRefused` for a line.
    """
    try:
        return one_line(typed)
    except WordsRefused as refused:
        raise InvalidFields(FieldError("reason", str(refused))) from refused


def _check(text: str, allowed: AbstractSet[str]) -> None:
    if any(_is_control(character) and character not in allowed for character in text):
        raise WordsRefused("Use no control characters.")


def _is_visible(character: str) -> bool:
    return category(character)[0] not in "CZ"


def _is_control(character: str) -> bool:
    kind = category(character)
    return kind[0] == "C" or kind in {"Zl", "Zp"}
