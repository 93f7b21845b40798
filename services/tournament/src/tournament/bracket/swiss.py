"""Swiss: a set number of rounds, in each of which an entrant meets an opponent with about as many points.

When a round is over, the next one is drawn (`swiss_draw`) among the entrants who are not gone. The tournament ends
early when they cannot all be paired any more, because all have met or only one is left.
"""

from collections.abc import Iterable, Sequence

from tournament.bracket.deciding import outcome_of
from tournament.bracket.facts import NOBODY, Bracket, BracketSetup, DrawnPairing, Facts, Pairing
from tournament.bracket.standings import standings_by_points
from tournament.bracket.swiss_draw import SwissPlayer, draw_round


def swiss_bracket(facts: Facts) -> Bracket:
    pairings = _drawn_pairings(facts)
    rounds = _round_count(facts.setup, facts.late)
    current = max((each.round for each in pairings), default=0)
    over = all(each.outcome is not None for each in pairings)
    if over and current < rounds:
        drawn = _draw_next_round(facts, pairings, current + 1)
        if drawn:
            pairings += drawn
            current += 1
            over = False
    entrants = facts.setup.entrants + facts.late
    return Bracket(
        pairings=tuple(pairings),
        standings=standings_by_points(pairings, entrants, current),
        round=current,
        rounds=rounds,
        over=over,
    )


def _drawn_pairings(facts: Facts) -> list[Pairing]:
    pairings = [
        _to_pairing(facts, each) for each in sorted(facts.drawn, key=lambda each: each.number)
    ]
    if strangers := facts.outcomes.keys() - {each.number for each in pairings}:
        raise ValueError(f"no pairing has one of the numbers {sorted(strangers)}")
    return pairings


def _to_pairing(facts: Facts, drawn: DrawnPairing) -> Pairing:
    outcome = outcome_of(facts, drawn.number, drawn.one, drawn.other)
    return Pairing(
        number=drawn.number,
        section="round",
        round=drawn.round,
        one=drawn.one,
        other=drawn.other,
        outcome=outcome,
        ready=outcome is None,
    )


def _round_count(setup: BracketSetup, late: int) -> int:
    """Return the number of rounds, at most until all have met.

    With an odd number of entrants each has had a bye by then.
    """
    entrants = setup.entrants + late
    return min(setup.rounds, entrants - 1 + entrants % 2)


def _present_players(facts: Facts, pairings: Iterable[Pairing]) -> list[SwissPlayer]:
    entrants = range(1, facts.setup.entrants + facts.late + 1)
    scores = dict.fromkeys(entrants, 0)
    met: dict[int, set[int]] = {entrant: set() for entrant in entrants}
    for pairing in pairings:
        if pairing.one is None or pairing.other is None or pairing.outcome is None:
            continue
        met[pairing.one].add(pairing.other)
        if pairing.other != NOBODY:
            met[pairing.other].add(pairing.one)
        if pairing.outcome.winner != NOBODY:
            scores[pairing.outcome.winner] += 1
    return [
        SwissPlayer(
            entrant, scores[entrant], frozenset(met[entrant] - {NOBODY}), NOBODY in met[entrant]
        )
        for entrant in entrants
        if entrant not in facts.gone
    ]


def _draw_next_round(facts: Facts, pairings: Sequence[Pairing], round_: int) -> list[Pairing]:
    first = max((each.number for each in pairings), default=0) + 1
    return [
        _to_pairing(facts, DrawnPairing(number, round_, one, other))
        for number, (one, other) in enumerate(
            draw_round(_present_players(facts, pairings)), start=first
        )
    ]
