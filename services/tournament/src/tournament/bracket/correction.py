"""Corrects an outcome in a bracket and undoes what followed from it. Pure functions."""

from collections.abc import Collection, Iterable

import msgspec

from tournament.bracket.deciding import check_outcome
from tournament.bracket.elimination import (
    pairing_from_template,
    players_from_template,
    templates_of,
)
from tournament.bracket.facts import Facts, Outcome, Pairing
from tournament.bracket.settling import bracket_from_facts


class LaterPairingBegun(Exception):
    """A pairing that depends on the old outcome is being played, or has been played."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__(f"pairings {numbers} follow from it")
        self.numbers = numbers


def facts_after_correction(
    facts: Facts, number: int, outcome: Outcome, *, begun: Collection[int]
) -> Facts:
    """Return the facts with the new outcome, without those that followed from the old one.

    Args:
        facts: the facts so far.
        number: the number of the pairing to correct.
        outcome: the new outcome.
        begun: numbers of pairings without an outcome that are being played.

    Raises:
        LaterPairingBegun: a pairing whose players would change, or in Swiss any of a later round, has begun.
        ValueError: the pairing is not over, or the outcome does not fit it.
    """
    before = bracket_from_facts(facts).pairings
    old = next((each for each in before if each.number == number), None)
    if old is None or old.outcome is None:
        raise ValueError(f"pairing {number} is not over")
    check_outcome(outcome, number, old.one, old.other)
    corrected = msgspec.structs.replace(facts, outcomes={**facts.outcomes, number: outcome})
    if outcome.winner == old.outcome.winner or facts.setup.format == "round_robin":
        # With the same winner, or in a round robin, no player moves to another pairing.
        return corrected
    if facts.setup.format == "swiss":
        return _remove_later_rounds(corrected, old.round, begun)
    return _reset_changed_pairings(corrected, before, begun)


def _remove_later_rounds(facts: Facts, round_: int, begun: Collection[int]) -> Facts:
    later = {each.number for each in facts.drawn if each.round > round_}
    _refuse_if_begun(facts, later, begun)
    return msgspec.structs.replace(
        facts,
        outcomes={at: each for at, each in facts.outcomes.items() if at not in later},
        drawn=tuple(each for each in facts.drawn if each.number not in later),
    )


def _reset_changed_pairings(
    facts: Facts, before: Iterable[Pairing], begun: Collection[int]
) -> Facts:
    """Return the facts without the outcomes of pairings whose players have changed.

    The bracket is filled anew in the order of the numbers, because players come from pairings with lower numbers.
    """
    kept = dict(facts.outcomes)
    remaining = msgspec.structs.replace(facts, outcomes=kept)
    changed: list[int] = []
    after: list[Pairing] = []
    for template, old in zip(templates_of(facts.setup), before, strict=True):
        if players_from_template(template, facts.setup, after) != (old.one, old.other):
            changed.append(template.number)
            kept.pop(template.number, None)
        after.append(pairing_from_template(template, remaining, after))
    _refuse_if_begun(facts, changed, begun)
    return remaining


def _refuse_if_begun(facts: Facts, numbers: Iterable[int], begun: Collection[int]) -> None:
    followed = [
        number
        for number in sorted(numbers)
        if number in begun or (number in facts.outcomes and facts.outcomes[number].how == "played")
    ]
    if followed:
        raise LaterPairingBegun(tuple(followed))
