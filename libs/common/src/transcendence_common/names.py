"""The rule for names that other people see: of accounts, of tournaments, of people at one keyboard. Pure.

A name is one line of plain text in Unicode's NFC form. It holds nothing that cannot be seen, nothing that turns the
direction of the text around it, and no towers of accents that run into the lines above and below.
"""

import re
from typing import Final
from unicodedata import category, name, normalize

MARKS_ON_A_LETTER: Final = 3
"""Tibetan stacks three; more is decoration that runs into the lines around it."""
RAW_FACTOR: Final = 4
"""Characters before normalising, times what is allowed: a letter decomposes into four at most. Normalising takes time
with the square of the accents in a row while the event loop waits: a megabyte of them would stop a service."""
LONGEST_RAW: Final = 320
"""Of any name before normalising."""

INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Letters, marks and signs by category that are drawn as nothing."""
LOOK_ALIKES: Final = frozenset(
    {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"}
)
"""Alphabets that share shapes."""
JOINERS: Final = frozenset("\u200c\u200d")
"""Invisible, yet part of Persian words and of many emoji; between Latin letters they would hide in a name."""

_BLANKS = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""Every width of blank; the ideographic one is what a Japanese keyboard types between two names."""
_EMOJI_STYLE = re.compile("[\ufe0e\ufe0f]")
"""Telephones put it after a heart to have it drawn in colour. Nothing is lost but the style."""
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo"})


class NameRefused(ValueError):
    """The name breaks the rule; the message is a sentence for the person who typed it."""


def clean(raw: str, *, longest: int) -> str:
    """Return a name in the form that is stored and shown.

    Raises:
        NameRefused: empty, longer than `longest` characters, or against the rule.
    """
    shown = as_shown(raw, longest=longest)
    if not any(category(character)[0] not in "CZ" for character in shown):
        raise NameRefused("Enter at least one visible character.")
    if sentence := problem_with(shown, longest=longest):
        raise NameRefused(sentence)
    return shown


def as_shown(raw: str, *, longest: int) -> str:
    """Return a name in the form that is stored and shown, allowed or not."""
    composed = normalize("NFC", raw[: RAW_FACTOR * longest + 1])
    return _BLANKS.sub(" ", _EMOJI_STYLE.sub("", composed)).strip()


def problem_with(shown: str, *, longest: int) -> str | None:
    """Return what is wrong with a name in its shown form, as a sentence for its author; None if it is allowed."""
    if len(shown) > longest:
        return f"Use at most {longest} characters."
    if not all(_is_visible(shown, at) for at in range(len(shown))):
        return "Remove the invisible characters."
    if has_towers(shown):
        return f"Use at most {MARKS_ON_A_LETTER} accents on a letter."
    return None


def key_of(raw: str) -> str:
    """Return what two spellings of one name have in common: Unicode's compatibility caseless form."""
    folded = normalize("NFKC", normalize("NFD", raw[: LONGEST_RAW + 1]).casefold())
    # Folding can undo the normal form and the other way round; the second time changes nothing any more.
    return normalize("NFKC", folded.casefold())


def has_towers(text: str) -> bool:
    """Tell whether a mark sits on a blank or on more than two other marks."""
    room = 0
    for character in text:
        kind = category(character)[0]
        if kind == "M":
            room -= 1
        # Bengali joins a letter to the mark that follows.
        elif character not in JOINERS:
            room = 0 if kind in "CZ" else MARKS_ON_A_LETTER
        if room < 0:
            return True
    return False


def mixes_alphabets(word: str) -> bool:
    """Tell whether letters of alphabets that look alike stand in one word."""
    return len(_alphabets(word) & LOOK_ALIKES) > 1


def _alphabets(text: str) -> set[str]:
    """Unicode names a letter after its script first: CYRILLIC SMALL LETTER A."""
    letters = (character for character in text if category(character) in _LETTERS)
    return {name(letter, "UNKNOWN").split()[0] for letter in letters}


def _is_visible(text: str, at: int) -> bool:
    if text[at] in JOINERS:
        return _joins(text[at - 1 : at]) and _joins(text[at + 1 : at + 2])
    return category(text[at]) not in _UNPRINTABLE and not INVISIBLE.match(text[at])


def _joins(character: str) -> bool:
    return category(character or " ")[0] in "LMS" and not _alphabets(character) & LOOK_ALIKES
