"""The rule for names that other people see: of accounts, of tournaments, of people at one keyboard. Pure functions.

A name is one line of plain text in Unicode's NFC form. It has no invisible characters, none that change the direction
of the text around it, and no stacks of accents that run into the lines above and below.
"""

import re
from typing import Final
from unicodedata import category, name, normalize

MARKS_ON_A_LETTER: Final = 3
"""Most marks on a letter. Tibetan stacks three; more is decoration that runs into the lines around it."""
RAW_FACTOR: Final = 4
"""Most characters before normalising, as a multiple of the allowed ones: a letter decomposes into at most four.
Normalising takes time with the square of the accents in a row while it blocks the event loop: 1 MB of them would
stop a service."""
LONGEST_RAW: Final = 320
"""Most characters of any name before normalising."""

INVISIBLE_CHARACTERS: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Characters that are drawn as nothing although their category is letter, mark or sign."""
LOOK_ALIKE_ALPHABETS: Final = frozenset(
    {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"}
)
"""Alphabets with letters of the same shape."""
JOINERS: Final = frozenset("\u200c\u200d")
"""Invisible joiners, which belong to Persian words and many emoji; between Latin letters they would hide in a name."""

_BLANKS = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""Blanks of all widths; a Japanese keyboard types the ideographic one between two names."""
_EMOJI_STYLE = re.compile("[\ufe0e\ufe0f]")
"""Style of an emoji: phones append it to a heart to have it drawn in colour. Removing it loses only the style."""
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo"})


class NameRefused(ValueError):
    """The name breaks the rule; the message is a sentence for the person who typed it."""


def clean_name(raw: str, *, longest: int) -> str:
    """Return a name in the form that is stored and shown.

    Args:
        raw: the name as typed.
        longest: most characters of the result.

    Raises:
        NameRefused: the name is empty, too long, or breaks the rule.
    """
    shown = normalise_name(raw, longest=longest)
    if not any(category(character)[0] not in "CZ" for character in shown):
        raise NameRefused("Enter at least one visible character.")
    if sentence := name_problem(shown, longest=longest):
        raise NameRefused(sentence)
    return shown


def normalise_name(raw: str, *, longest: int) -> str:
    """Return a name in the form that is stored and shown, without checking it."""
    composed = normalize("NFC", raw[: RAW_FACTOR * longest + 1])
    return _BLANKS.sub(" ", _EMOJI_STYLE.sub("", composed)).strip()


def name_problem(shown: str, *, longest: int) -> str | None:
    """Return what is wrong with a name in its shown form, as a sentence for its author; None if it is allowed."""
    if len(shown) > longest:
        return f"Use at most {longest} characters."
    if not all(_is_visible(shown, at) for at in range(len(shown))):
        return "Remove the invisible characters."
    if has_stacked_marks(shown):
        return f"Use at most {MARKS_ON_A_LETTER} accents on a letter."
    return None


def name_key(raw: str) -> str:
    """Return a key that is equal for equal names in different spelling: Unicode's compatibility caseless form."""
    folded = normalize("NFKC", normalize("NFD", raw[: LONGEST_RAW + 1]).casefold())
    # Folding can undo the normal form and vice versa; a third round changes nothing.
    return normalize("NFKC", folded.casefold())


def has_stacked_marks(text: str) -> bool:
    """Tell whether a mark follows a blank, or a letter has more than MARKS_ON_A_LETTER marks."""
    room = 0
    for character in text:
        kind = category(character)[0]
        if kind == "M":
            room -= 1
        # Joiners are skipped: Bengali joins a letter to the mark that follows.
        elif character not in JOINERS:
            room = 0 if kind in "CZ" else MARKS_ON_A_LETTER
        if room < 0:
            return True
    return False


def mixes_alphabets(word: str) -> bool:
    """Tell whether a word mixes letters of alphabets that look alike."""
    return len(_alphabets(word) & LOOK_ALIKE_ALPHABETS) > 1


def _alphabets(text: str) -> set[str]:
    """Return the alphabets of a text. Unicode's name of a letter begins with its script: CYRILLIC SMALL LETTER A."""
    letters = (character for character in text if category(character) in _LETTERS)
    return {name(letter, "UNKNOWN").split()[0] for letter in letters}


def _is_visible(text: str, at: int) -> bool:
    if text[at] in JOINERS:
        return _allows_joiner_beside(text[at - 1 : at]) and _allows_joiner_beside(
            text[at + 1 : at + 2]
        )
    return category(text[at]) not in _UNPRINTABLE and not INVISIBLE_CHARACTERS.match(text[at])


def _allows_joiner_beside(character: str) -> bool:
    """Tell whether a joiner may stand beside this character: a letter, mark or sign outside LOOK_ALIKE_ALPHABETS."""
    return (
        category(character or " ")[0] in "LMS" and not _alphabets(character) & LOOK_ALIKE_ALPHABETS
    )
