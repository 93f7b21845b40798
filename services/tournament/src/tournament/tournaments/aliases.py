"""The names of those who play at one keyboard: they have no accounts, so their names tell them apart. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple
from unicodedata import normalize

from tournament.tournaments.words import WordsRefused, one_line
from transcendence_common.problems import FieldError, InvalidFields

FEWEST: Final = 2
MOST: Final = 16
LONGEST: Final = 32
"""Characters; history takes no longer names for a ticket."""
RAW_LIMIT: Final = 4 * LONGEST
"""Characters before normalising, which takes time with the square of the accents in a row."""

BLANKS = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""Every width of blank; the ideographic one is what a Japanese keyboard types between two names."""
DRAWN_AS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Letters, marks and signs by category that nobody sees: two names would look the same."""


class Alias(NamedTuple):
    """A name as it is shown, and what it has in common with those that look the same."""

    name: str
    key: str


def aliases_of(typed: Sequence[str]) -> list[Alias]:
    """Return the aliases of a tournament, in their order.

    Raises:
        InvalidFields: too few or too many, two the same, or one that cannot be shown.
    """
    if not FEWEST <= len(typed) <= MOST:
        raise InvalidFields(FieldError("aliases", f"Enter {FEWEST} to {MOST} names."))
    aliases, errors = [], []
    for number, each in enumerate(typed):
        try:
            aliases.append(_alias(each))
        except WordsRefused as refused:
            errors.append(FieldError(f"aliases.{number}", f"Name {number + 1}: {refused}"))
    for key, times in Counter(alias.key for alias in aliases).items():
        if times > 1:
            name = next(alias.name for alias in aliases if alias.key == key)
            errors.append(FieldError("aliases", f"Give everybody a name of their own: {name}."))
    if errors:
        raise InvalidFields(*errors)
    return aliases


def _alias(typed: str) -> Alias:
    name = BLANKS.sub(" ", typed.strip())
    # An overlong one is not normalised, and stays overlong.
    name = normalize("NFC", name) if len(name) <= RAW_LIMIT else name
    if not name:
        raise WordsRefused("Enter a name.")
    if len(name) > LONGEST:
        raise WordsRefused(f"Use at most {LONGEST} characters.")
    if not name.isprintable() or DRAWN_AS_NOTHING.search(name):
        raise WordsRefused("Leave out characters that cannot be seen.")
    return Alias(one_line(name), _key(name))


def _key(name: str) -> str:
    """Return Unicode's compatibility caseless form."""
    folded = normalize("NFKC", normalize("NFD", name).casefold())
    # Folding can undo the normal form and the other way round; the second time changes nothing any more.
    return normalize("NFKC", folded.casefold())
