"""Corrects an outcome in a bracket and undoes what followed from it. Pure functions."""

from collections.abc import Collection, Iterable

import msgspec

from tournament.bracket.deciding import check
from tournament.bracket.elimination import pairing_at, places_at, templates_of
from tournament.bracket.facts import Facts, Outcome, Pairing
from tournament.bracket.settling import settle


class AlreadyFollowed(Exception):
    """A pairing that depends on the old outcome is being played or has been."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__(f"pairings {numbers} follow from it")
        self.numbers = numbers


def correct(facts: Facts, number: int, outcome: Outcome, *, begun: Collection[int]) -> Facts:
    """Return the facts with the new outcome, without those that followed from the old one.

    Args:
        facts: the facts so far.
        number: the number of the pairing to correct.
        outcome: the new outcome.
        begun: numbers of pairings without an outcome that are being played.

    Raises:
        AlreadyFollowed: a pairing whose players would change, or in Swiss any of a later round, has begun.
        ValueError: the pairing is not over, or the outcome does not fit it.
    """
    before = settle(facts).pairings
    old = next((each for each in before if each.number == number), None)
    if old is None or old.outcome is None:
        raise ValueError(f"pairing {number} is not over")
    check(outcome, number, old.one, old.other)
    corrected = msgspec.structs.replace(facts, outcomes={**facts.outcomes, number: outcome})
    if outcome.winner == old.outcome.winner or facts.setup.format == "round_robin":
        # With the same winner, or in a round robin, no player moves to another pairing.
        return corrected
    if facts.setup.format == "swiss":
        return _without_later_rounds(corrected, old.round, begun)
    return _without_other_players(corrected, before, begun)


def _without_later_rounds(facts: Facts, round_: int, begun: Collection[int]) -> Facts:
    later = {each.number for each in facts.drawn if each.round > round_}
    _refuse_if_followed(facts, later, begun)
    return msgspec.structs.replace(
        facts,
        outcomes={at: each for at, each in facts.outcomes.items() if at not in later},
        drawn=tuple(each for each in facts.drawn if each.number not in later),
    )


def _without_other_players(
    facts: Facts, before: Iterable[Pairing], begun: Collection[int]
) -> Facts:
    """Fill the bracket anew in the order of the numbers.

    A pairing's players follow from pairings with lower numbers.
    """
    kept = dict(facts.outcomes)
    remaining = msgspec.structs.replace(facts, outcomes=kept)
    changed: list[int] = []
    after: list[Pairing] = []
    for template, old in zip(templates_of(facts.setup), before, strict=True):
        if places_at(template, facts.setup, after) != (old.one, old.other):
            changed.append(template.number)
            kept.pop(template.number, None)
        after.append(pairing_at(template, remaining, after))
    _refuse_if_followed(facts, changed, begun)
    return remaining


def _refuse_if_followed(facts: Facts, numbers: Iterable[int], begun: Collection[int]) -> None:
    followed = [
        number
        for number in sorted(numbers)
        if number in begun or (number in facts.outcomes and facts.outcomes[number].how == "played")
    ]
    if followed:
        raise AlreadyFollowed(tuple(followed))
