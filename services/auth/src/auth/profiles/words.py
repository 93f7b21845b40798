"""What somebody may write about themselves: a display name and a bio. Pure.

Both are plain text in Unicode's NFC form. A display name is shown where a name is expected, so it keeps to one line and
to what can be seen; a bio may have paragraphs, and the joiners that some scripts and many emoji are written with.
"""

import re
from unicodedata import category, normalize

from auth.accounts.models import LONGEST_BIO, LONGEST_DISPLAY_NAME
from auth.accounts.usernames import INVISIBLE, LOOK_ALIKES, MARKS_ON_A_LETTER, alphabets

RAW_FACTOR = 4
"""Characters before normalising, times what is allowed: decomposed letters are longer, and normalising a book takes
time."""

BLANKS = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""Every width of blank; the ideographic one is what a Japanese keyboard types between two names."""
EMOJI_STYLE = re.compile("[\ufe0e\ufe0f]")
"""Telephones put it after a heart to have it drawn in colour. Nothing is lost but the style."""
BRAILLE_BLANK = "\u2800"
NEW_LINE = re.compile(r"\r\n?|\u2028|\u2029")
EMPTY_LINES = re.compile(r"\n[ \n]*\n")

MARKS = frozenset({"Mn", "Mc", "Me"})
NOT_FOR_NAMES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
NOT_FOR_BIOS = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Unlike a name a bio may hold what Unicode had not assigned when this Python was made: next year's emoji."""
JOINERS = frozenset("\u200c\u200d")


def as_shown_name(raw: str) -> str:
    """Return the form of a display name that is stored and shown; empty where there is none."""
    composed = normalize("NFC", raw[: RAW_FACTOR * LONGEST_DISPLAY_NAME + 1])
    return BLANKS.sub(" ", EMOJI_STYLE.sub("", composed)).strip()


def as_shown_bio(raw: str) -> str:
    """Return the form of a bio that is stored and shown: one kind of new line, and no more than one that is empty."""
    composed = normalize("NFC", raw[: RAW_FACTOR * LONGEST_BIO + 1])
    return EMPTY_LINES.sub("\n\n", NEW_LINE.sub("\n", composed)).strip()


def complaint_about_name(name: str) -> str | None:
    """Return what is wrong with a display name in its shown form, as a sentence for its owner; None if nothing is."""
    if len(name) > LONGEST_DISPLAY_NAME:
        return f"A display name has at most {LONGEST_DISPLAY_NAME} characters."
    if not all(_is_visible(character) for character in name):
        return "There are characters in this name that cannot be seen; leave them out."
    if _has_towers(name):
        return "There are more accents in this name than letters can carry."
    if any(len(alphabets(word) & LOOK_ALIKES) > 1 for word in name.split()):
        return "Keep to the letters of one alphabet in a word: these look alike in different ones."
    return None


def complaint_about_bio(bio: str) -> str | None:
    """Return what is wrong with a bio in its shown form, as a sentence for its owner; None if nothing is."""
    if len(bio) > LONGEST_BIO:
        return f"A bio has at most {LONGEST_BIO} characters."
    if not all(_is_text(character) for character in bio):
        return "There are characters in this text that cannot be seen; leave them out."
    if _has_towers(bio):
        return "There are more accents in this text than letters can carry."
    return None


def _is_visible(character: str) -> bool:
    return (
        category(character) not in NOT_FOR_NAMES
        and character != BRAILLE_BLANK
        and not INVISIBLE.match(character)
    )


def _is_text(character: str) -> bool:
    return character == "\n" or character in JOINERS or category(character) not in NOT_FOR_BIOS


def _has_towers(text: str) -> bool:
    room = 0
    for character in text:
        room = room - 1 if category(character) in MARKS else MARKS_ON_A_LETTER
        if room < 0:
            return True
    return False
