"""The outcome of a single pairing: as reported, or as it follows from its players. Pure functions."""

from typing import Final

from contracts.tournament.tournaments import OUTCOMES_BY_RULES_ALONE
from tournament.bracket.facts import NOBODY, Facts, Outcome

EMPTY_OUTCOME: Final = Outcome("empty")
DOUBLE_FORFEIT_OUTCOME: Final = Outcome("double_forfeit")


def outcome_of(facts: Facts, number: int, one: int | None, other: int | None) -> Outcome | None:
    """Return the outcome of a pairing; None while it can be played or a player is not known.

    Raises:
        ValueError: the reported outcome is impossible for this pairing.
    """
    given = facts.outcomes.get(number)
    if given is not None:
        check_outcome(given, number, one, other)
        return given
    if one is None or other is None:
        return None
    if NOBODY in {one, other}:
        # Also for a player who is gone: they may have left after the bye, which stays. They lose the next one.
        return Outcome("bye", one or other) if one or other else EMPTY_OUTCOME
    return _forfeit_outcome(facts.gone, one, other)


def check_outcome(outcome: Outcome, number: int, one: int | None, other: int | None) -> None:
    """Refuse an outcome that a pairing of these two cannot have.

    Raises:
        ValueError: only the rules give such an outcome (as a bye), a place is empty, or the winner is not one of the
            two.
    """
    if outcome.how in OUTCOMES_BY_RULES_ALONE or not one or not other:
        raise ValueError(f"pairing {number} of {one} and {other} cannot end as {outcome}")
    if outcome.winner not in {NOBODY, one, other}:
        raise ValueError(f"{outcome.winner} is not in pairing {number} of {one} and {other}")


def loser_of(outcome: Outcome, one: int, other: int) -> int:
    """Return the loser; NOBODY if neither or both lost."""
    if outcome.winner == NOBODY:
        return NOBODY
    return other if outcome.winner == one else one


def _forfeit_outcome(gone: frozenset[int], one: int, other: int) -> Outcome | None:
    if one in gone and other in gone:
        return DOUBLE_FORFEIT_OUTCOME
    if one in gone:
        return Outcome("forfeit", other)
    if other in gone:
        return Outcome("forfeit", one)
    return None
