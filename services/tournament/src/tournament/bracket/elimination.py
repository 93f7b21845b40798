"""Fills the bracket of an elimination from the facts. Pure functions."""

from collections.abc import Sequence

from tournament.bracket.deciding import EMPTY, loser_of, outcome_of
from tournament.bracket.double_elimination import double_elimination
from tournament.bracket.facts import NOBODY, Bracket, Facts, Outcome, Pairing, Setup, Standing
from tournament.bracket.single_elimination import single_elimination
from tournament.bracket.templates import LoserOf, Seed, Source, Template, bracket_size

UNNEEDED = Outcome("unneeded")


def templates_of(setup: Setup) -> tuple[Template, ...]:
    if setup.format == "double_elimination":
        return double_elimination(setup.entrants)
    return single_elimination(setup.entrants, setup.third_place)


def settle_elimination(facts: Facts) -> Bracket:
    templates = templates_of(facts.setup)
    if strangers := [number for number in facts.outcomes if not 0 < number <= len(templates)]:
        raise ValueError(f"no pairing has one of the numbers {strangers}")
    pairings: list[Pairing] = []
    for template in templates:
        pairings.append(pairing_at(template, facts, pairings))
    return Bracket(
        pairings=tuple(pairings),
        standings=_standings(templates, pairings),
        round=0,
        rounds=bracket_size(facts.setup.entrants).bit_length() - 1,
        over=all(pairing.outcome is not None for pairing in pairings),
    )


def pairing_at(template: Template, facts: Facts, before: Sequence[Pairing]) -> Pairing:
    """Return the pairing of a template; `before` are the pairings with lower numbers."""
    one, other = places_at(template, facts.setup, before)
    outcome = outcome_of(facts, template.number, one, other)
    if _is_unneeded(template, before):
        outcome = UNNEEDED
    elif template.section == "final" and outcome is not None and outcome.how == "bye":
        # A player who is gone advances by a bye as others do, but does not win the tournament by one.
        outcome = EMPTY if outcome.winner in facts.gone else outcome
    return Pairing(
        number=template.number,
        section=template.section,
        round=template.round,
        one=one,
        other=other,
        outcome=outcome,
        ready=outcome is None and one is not None and other is not None,
    )


def places_at(
    template: Template, setup: Setup, before: Sequence[Pairing]
) -> tuple[int | None, int | None]:
    """Return the players of the two places, None where not known yet."""
    if _is_unneeded(template, before):
        return NOBODY, NOBODY
    return _resolved(template.one, setup, before), _resolved(template.other, setup, before)


def _resolved(source: Source, setup: Setup, before: Sequence[Pairing]) -> int | None:
    if isinstance(source, Seed):
        return source.seed if source.seed <= setup.entrants else NOBODY
    pairing = before[source.number - 1]
    if pairing.outcome is None or pairing.one is None or pairing.other is None:
        return None
    if isinstance(source, LoserOf):
        return loser_of(pairing.outcome, pairing.one, pairing.other)
    return pairing.outcome.winner


def _is_unneeded(template: Template, before: Sequence[Pairing]) -> bool:
    """Tell whether the second final is not needed.

    That is so if the first player of the final, unbeaten until then, won it or is absent.
    """
    if template.section != "reset":
        return False
    final = before[-1]
    if final.outcome is None or final.outcome.winner == NOBODY:
        return False
    return final.one in {final.outcome.winner, NOBODY}


def _standings(templates: Sequence[Template], pairings: Sequence[Pairing]) -> tuple[Standing, ...]:
    last: dict[int, tuple[Template, Pairing]] = {}
    wins: dict[int, int] = {}
    losses: dict[int, int] = {}
    for template, pairing in zip(templates, pairings, strict=True):
        for entrant in (pairing.one, pairing.other):
            if entrant:
                last[entrant] = template, pairing
        if pairing.one and pairing.other and pairing.outcome is not None:
            for entrant in (pairing.one, pairing.other):
                tally = wins if pairing.outcome.winner == entrant else losses
                tally[entrant] = tally.get(entrant, 0) + 1
    standings = [
        Standing(
            entrant=entrant,
            place=_place(entrant, template, pairing),
            score=0,
            wins=wins.get(entrant, 0),
            losses=losses.get(entrant, 0),
            direct=0,
            buchholz=0,
            sonneborn=0,
            difference=0,
        )
        for entrant, (template, pairing) in last.items()
    ]
    # Players still in rank before those who are out, except the winner of the match for third place.
    return tuple(sorted(standings, key=lambda each: (each.place or 0, each.entrant)))


def _place(entrant: int, template: Template, last: Pairing) -> int | None:
    if last.outcome is None:
        return None
    if last.outcome.winner != entrant:
        return template.place
    return 3 if last.section == "third_place" else 1
