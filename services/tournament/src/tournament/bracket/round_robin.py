"""Round robin by the circle method: each entrant meets all others.

The first stays, the others move one place around the table after each round, and those opposite each other play:

    1 2 3      1 6 2      1 5 6
    6 5 4      5 4 3      4 3 2      …

With an odd number one chair is empty, and the entrant opposite it is free in that round. There is no pairing for that,
since it changes nothing: all are free equally often. In a second cycle the sides are swapped.
"""

from collections.abc import Iterator
from functools import cache

from tournament.bracket.deciding import outcome_of
from tournament.bracket.facts import Bracket, DrawnPairing, Facts, Outcome, Pairing
from tournament.bracket.standings import standings_by_points


def round_robin_bracket(facts: Facts) -> Bracket:
    setup = facts.setup
    drawn = round_robin_pairings(setup.entrants, setup.rounds)
    if strangers := [number for number in facts.outcomes if not 0 < number <= len(drawn)]:
        raise ValueError(f"no pairing has one of the numbers {strangers}")
    outcomes = [outcome_of(facts, each.number, each.one, each.other) for each in drawn]
    open_rounds = [
        each.round for each, outcome in zip(drawn, outcomes, strict=True) if outcome is None
    ]
    rounds = drawn[-1].round
    current = min(open_rounds, default=rounds)
    pairings = tuple(
        _to_pairing(each, outcome, current) for each, outcome in zip(drawn, outcomes, strict=True)
    )
    return Bracket(
        pairings=pairings,
        standings=standings_by_points(pairings, setup.entrants, current),
        round=current,
        rounds=rounds,
        over=not open_rounds,
    )


@cache
def round_robin_pairings(entrants: int, cycles: int) -> tuple[DrawnPairing, ...]:
    """Return all pairings with their rounds."""
    meetings = list(_circle_pairs(entrants))
    rounds = max(round_ for round_, _, _ in meetings)
    again = [(rounds + round_, other, one) for round_, one, other in meetings]
    return tuple(
        DrawnPairing(number, round_, one, other)
        for number, (round_, one, other) in enumerate(
            meetings + again if cycles > 1 else meetings, start=1
        )
    )


def _circle_pairs(entrants: int) -> Iterator[tuple[int, int, int]]:
    chairs = list(range(1, entrants + entrants % 2 + 1))
    for round_ in range(1, len(chairs)):
        half = len(chairs) // 2
        for one, other in zip(chairs[:half], reversed(chairs[half:]), strict=True):
            if entrants >= one and entrants >= other:
                yield round_, one, other
        chairs[1:] = [chairs[-1], *chairs[1:-1]]


def _to_pairing(drawn: DrawnPairing, outcome: Outcome | None, current: int) -> Pairing:
    return Pairing(
        number=drawn.number,
        section="round",
        round=drawn.round,
        one=drawn.one,
        other=drawn.other,
        outcome=outcome,
        ready=outcome is None and drawn.round == current,
    )
