"""Which names may be taken, and when two names are the same. Pure.

A name is shown the way its owner wrote it, in Unicode's NFKC form. Two names are the same when their keys are: "Ann",
"ANN" and "Ann" typed in full-width letters have one key. What cannot be seen or tells nothing apart is refused:
control and format characters, blanks, invisible letters, towers of accents, and alphabets mixed that look alike.

Left as it is: a whole word of Cyrillic letters may still look like a Latin one.
"""

import re
from unicodedata import category, name, normalize

SHORTEST_NAME = 3
LONGEST_NAME = 20

LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo"})
MARKS = frozenset({"Mn", "Mc"})
DIGITS = frozenset({"Nd"})
SEPARATORS = frozenset("_-")
MARKS_ON_A_LETTER = 3
"""Tibetan stacks three; more is decoration that runs into the lines around it."""
RAW_LIMIT = 4 * LONGEST_NAME
"""Characters looked at before normalising: decomposed letters are longer, and normalising a book takes time."""

INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Letters and marks by category that are drawn as nothing."""

LOOK_ALIKES = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Alphabets that share shapes: a name uses letters of at most one of them."""


def as_shown(raw: str) -> str:
    """Return the form of a name that is stored and shown."""
    return normalize("NFKC", raw[: RAW_LIMIT + 1])


def key_of(raw: str) -> str:
    """Return what two spellings of one name have in common: Unicode's compatibility caseless form."""
    folded = normalize("NFKC", normalize("NFD", raw[: RAW_LIMIT + 1]).casefold())
    # Folding can undo the normal form and the other way round; the second time changes nothing any more.
    return normalize("NFKC", folded.casefold())


def complaint_about(username: str) -> str | None:
    """Return what is wrong with a name in its shown form, as a sentence for its owner; None if nothing is."""
    if not username:
        return "Choose a name."
    if not all(_is_allowed(character) for character in username):
        return "Use letters, digits, _ and - only."
    if not SHORTEST_NAME <= len(username) <= LONGEST_NAME:
        return f"Choose a name of {SHORTEST_NAME} to {LONGEST_NAME} characters."
    return _complaint_about_letters(username)


def nearest_to(raw: str) -> str:
    """Return what a name elsewhere, or any text, becomes where it must be a name; it may be too short for one."""
    kept = "".join(each if _is_allowed(each) else "-" for each in as_shown(raw))
    return re.sub("-{2,}", "-", kept)[:LONGEST_NAME].strip("-_")


def alphabets(text: str) -> set[str]:
    """Return whose letters are in it. Unicode names a letter after its script first: CYRILLIC SMALL LETTER A."""
    letters = (character for character in text if category(character) in LETTERS)
    return {name(letter, "UNKNOWN").split()[0] for letter in letters}


def _complaint_about_letters(username: str) -> str | None:
    if username[0] in SEPARATORS or username[-1] in SEPARATORS:
        return "Begin and end the name with a letter or a digit."
    if not _marks_sit_on_letters(username):
        return "There are accents in this name that belong to no letter."
    if len(alphabets(username) & LOOK_ALIKES) > 1:
        return "Keep to the letters of one alphabet: these look alike in different ones."
    return None


def _is_allowed(character: str) -> bool:
    kind = category(character)
    visible = not INVISIBLE.match(character)
    return character in SEPARATORS or (visible and kind in LETTERS | MARKS | DIGITS)


def _marks_sit_on_letters(username: str) -> bool:
    room = 0
    for character in username:
        if category(character) in MARKS:
            room -= 1
        else:
            room = MARKS_ON_A_LETTER if category(character) in LETTERS else 0
        if room < 0:
            return False
    return True
