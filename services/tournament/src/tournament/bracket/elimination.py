"""Fills the bracket of an elimination from the facts. Pure functions."""

from collections.abc import Sequence

from tournament.bracket.deciding import EMPTY_OUTCOME, loser_of, outcome_of
from tournament.bracket.double_elimination import double_elimination_templates
from tournament.bracket.facts import (
    NOBODY,
    Bracket,
    BracketSetup,
    Facts,
    Outcome,
    Pairing,
    Standing,
)
from tournament.bracket.single_elimination import single_elimination_templates
from tournament.bracket.templates import LoserOf, PairingTemplate, PlayerSource, Seed, bracket_size

UNNEEDED_OUTCOME = Outcome("unneeded")


def templates_of(setup: BracketSetup) -> tuple[PairingTemplate, ...]:
    if setup.format == "double_elimination":
        return double_elimination_templates(setup.entrants)
    return single_elimination_templates(setup.entrants, setup.third_place)


def elimination_bracket(facts: Facts) -> Bracket:
    templates = templates_of(facts.setup)
    if strangers := [number for number in facts.outcomes if not 0 < number <= len(templates)]:
        raise ValueError(f"no pairing has one of the numbers {strangers}")
    pairings: list[Pairing] = []
    for template in templates:
        pairings.append(pairing_from_template(template, facts, pairings))
    return Bracket(
        pairings=tuple(pairings),
        standings=_standings(templates, pairings),
        round=0,
        rounds=bracket_size(facts.setup.entrants).bit_length() - 1,
        over=all(pairing.outcome is not None for pairing in pairings),
    )


def pairing_from_template(
    template: PairingTemplate, facts: Facts, before: Sequence[Pairing]
) -> Pairing:
    """Return the pairing that a template becomes with the current facts.

    A template says where the two players come from: a seed, or the winner or loser of an earlier pairing. `before` are
    the pairings of all earlier templates, in the order of their numbers.
    """
    one, other = players_from_template(template, facts.setup, before)
    outcome = outcome_of(facts, template.number, one, other)
    if _is_second_final_unneeded(template, before):
        outcome = UNNEEDED_OUTCOME
    elif template.section == "final" and outcome is not None and outcome.how == "bye":
        # A player who is gone advances by a bye as others do, but does not win the tournament by one.
        outcome = EMPTY_OUTCOME if outcome.winner in facts.gone else outcome
    return Pairing(
        number=template.number,
        section=template.section,
        round=template.round,
        one=one,
        other=other,
        outcome=outcome,
        ready=outcome is None and one is not None and other is not None,
    )


def players_from_template(
    template: PairingTemplate, setup: BracketSetup, before: Sequence[Pairing]
) -> tuple[int | None, int | None]:
    """Return the two players of a template: entrants, NOBODY for an empty place, None for one not known yet."""
    if _is_second_final_unneeded(template, before):
        return NOBODY, NOBODY
    return _player_from_source(template.one, setup, before), _player_from_source(
        template.other, setup, before
    )


def _player_from_source(
    source: PlayerSource, setup: BracketSetup, before: Sequence[Pairing]
) -> int | None:
    if isinstance(source, Seed):
        return source.seed if source.seed <= setup.entrants else NOBODY
    pairing = before[source.number - 1]
    if pairing.outcome is None or pairing.one is None or pairing.other is None:
        return None
    if isinstance(source, LoserOf):
        return loser_of(pairing.outcome, pairing.one, pairing.other)
    return pairing.outcome.winner


def _is_second_final_unneeded(template: PairingTemplate, before: Sequence[Pairing]) -> bool:
    """Tell whether the template is the second final and is not needed.

    That is so if the first player of the final, unbeaten until then, won it, or if that place is empty.
    """
    if template.section != "reset":
        return False
    final = before[-1]
    if final.outcome is None or final.outcome.winner == NOBODY:
        return False
    return final.one in {final.outcome.winner, NOBODY}


def _standings(
    templates: Sequence[PairingTemplate], pairings: Sequence[Pairing]
) -> tuple[Standing, ...]:
    last: dict[int, tuple[PairingTemplate, Pairing]] = {}
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
            place=_final_place(entrant, template, pairing),
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


def _final_place(entrant: int, template: PairingTemplate, last: Pairing) -> int | None:
    if last.outcome is None:
        return None
    if last.outcome.winner != entrant:
        return template.place
    return 3 if last.section == "third_place" else 1
