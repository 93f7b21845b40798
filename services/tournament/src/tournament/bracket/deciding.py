"""How a single pairing ended: as it was reported, or as it follows from who is in it."""

from typing import Final

from contracts.tournament.tournaments import FOLLOWS
from tournament.bracket.facts import NOBODY, Facts, Outcome

EMPTY: Final = Outcome("empty")
DOUBLE_FORFEIT: Final = Outcome("double_forfeit")


def outcome_of(facts: Facts, number: int, one: int | None, other: int | None) -> Outcome | None:
    """Return the outcome of a pairing, None while it can be played or waits for somebody.

    Raises:
        ValueError: the outcome among the facts is not one that this pairing can have.
    """
    given = facts.outcomes.get(number)
    if given is not None:
        check(given, number, one, other)
        return given
    if one is None or other is None:
        return None
    if NOBODY in {one, other}:
        # Also for who is gone: they may have gone long after the bye, and what was over stays. They lose the next one.
        return Outcome("bye", one or other) if one or other else EMPTY
    return _forfeit(facts.gone, one, other)


def check(outcome: Outcome, number: int, one: int | None, other: int | None) -> None:
    """Refuse an outcome that a pairing of these two cannot have.

    Raises:
        ValueError: it follows from the rules, two are not there, or the winner is somebody else.
    """
    if outcome.how in FOLLOWS or not one or not other:
        raise ValueError(f"pairing {number} of {one} and {other} cannot end as {outcome}")
    if outcome.winner not in {NOBODY, one, other}:
        raise ValueError(f"{outcome.winner} is not in pairing {number} of {one} and {other}")


def loser_of(outcome: Outcome, one: int, other: int) -> int:
    """Return who lost; NOBODY where nobody or both did."""
    if outcome.winner == NOBODY:
        return NOBODY
    return other if outcome.winner == one else one


def _forfeit(gone: frozenset[int], one: int, other: int) -> Outcome | None:
    if one in gone and other in gone:
        return DOUBLE_FORFEIT
    if one in gone:
        return Outcome("forfeit", other)
    if other in gone:
        return Outcome("forfeit", one)
    return None
