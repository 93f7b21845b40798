"""The aliases of a hotseat tournament: players without accounts, told apart by their names. Pure functions."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from contracts.tournament.tournaments import FEWEST_PLAYERS, LONGEST_ALIAS, MOST_ALIASES
from transcendence_common.names import NameRefused, clean_name, name_key
from transcendence_common.problems import FieldError, InvalidFields
from transcendence_common.reserved_names import look_the_same

COMPUTER_NAME: Final = "Computer"
"""The name of the computer opponent in history."""


class Alias(NamedTuple):
    """An alias: its name as shown, and the key that it shares with names that look the same."""

    name: str
    key: str


def parse_aliases(typed: Sequence[str]) -> list[Alias]:
    """Return the aliases of a tournament, in their order.

    Raises:
        InvalidFields: there are too few or too many, two are the same, or one cannot be shown.
    """
    if not FEWEST_PLAYERS <= len(typed) <= MOST_ALIASES:
        raise InvalidFields(
            FieldError("aliases", f"Enter {FEWEST_PLAYERS} to {MOST_ALIASES} names.")
        )
    aliases, errors = [], []
    for number, each in enumerate(typed):
        try:
            aliases.append(_parse_alias(each))
        except NameRefused as refused:
            errors.append(FieldError(f"aliases.{number}", f"Name {number + 1}: {refused}"))
    for key, times in Counter(alias.key for alias in aliases).items():
        if times > 1:
            name = next(alias.name for alias in aliases if alias.key == key)
            errors.append(FieldError("aliases", f"Use each name once: {name}."))
    if errors:
        raise InvalidFields(*errors)
    return aliases


def _parse_alias(typed: str) -> Alias:
    name = clean_name(typed, longest=LONGEST_ALIAS)
    if look_the_same(name, COMPUTER_NAME):
        raise NameRefused("This is the computer's name. Choose another name.")
    return Alias(name, name_key(name))
