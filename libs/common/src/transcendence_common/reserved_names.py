"""Names reserved for the platform, and the detection of names that look like them. Pure functions."""

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import category, normalize

from confusable_homoglyphs.confusables import is_confusable

RESERVED_WORDS: Final = frozenset({
    "admin", "administrator", "admins", "anonymous", "computer", "deleted", "deletedplayer", "guest", "helpdesk",
    "hostmaster", "moderator", "moderators", "noreply", "null", "official", "operator", "postmaster", "root",
    "security", "staff", "superuser", "support", "sysadmin", "system", "team", "the", "transcendence", "undefined",
    "webmaster", "you",
})  # fmt: skip
"""Reserved words. A name that consists of them only is reserved too, such as "Transcendence Support"."""
REFUSAL: Final = (
    "This name is reserved, or looks like a reserved one. Choose another, or add something to it."
)

_SEPARATORS = re.compile(r"[\s_.-]+")
_SAME_LOOK = str.maketrans({"1": "l", "|": "l", "i": "l", "0": "o"})
"""Characters of the same look; capital I looks like l in most fonts."""


def is_reserved(name: str) -> bool:
    """Tell whether a name is reserved or looks like a reserved one."""
    words = [shape for word in _SEPARATORS.split(name) if (shape := shape_of(word))]
    return shape_of(name) in _RESERVED_SHAPES or (
        bool(words) and _RESERVED_SHAPES.issuperset(words)
    )


def look_the_same(name: str, other: str) -> bool:
    """Tell whether two names look the same."""
    return shape_of(name) == shape_of(other)


def shape_of(name: str) -> str:
    """Return the look of a name in small Latin letters, without accents and separators.

    Similar characters are taken from Unicode's table of confusables (UTS 39), by their Latin prototypes.
    """
    latin = "".join(_in_latin(character) for character in normalize("NFKD", name))
    small = latin.casefold().translate(_SAME_LOOK)
    return "".join(filter(str.isalnum, small)).replace("rn", "m")


def _in_latin(character: str) -> str:
    if character.isascii() or category(character)[0] in "MC":
        return character if character.isascii() else ""
    return next(_latin_look_alikes(character), character)


def _latin_look_alikes(character: str) -> Iterator[str]:
    for found in is_confusable(character, greedy=True) or ():
        for homoglyph in found["homoglyphs"]:
            bare = "".join(each for each in homoglyph["c"] if category(each)[0] not in "MC")
            if bare.isascii() and bare.isalnum():
                yield bare


_RESERVED_SHAPES = frozenset(map(shape_of, RESERVED_WORDS))
