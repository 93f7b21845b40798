"""The earliest second meeting of two players in a losers' bracket."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import pytest

from tournament.bracket.double_elimination import double_elimination_templates
from tournament.bracket.templates import PairingTemplate, PlayerSource, Seed, WinnerOf


@pytest.mark.parametrize(
    ("entrants", "earliest", "of_rounds"),
    [(4, 2, 2), (8, 3, 4), (16, 4, 6), (32, 5, 8), (64, 7, 10), (128, 8, 12)],
)
def test_no_two_players_can_meet_again_early_in_the_losers_bracket(
    entrants: int, earliest: int, of_rounds: int
) -> None:
    """This holds however the matches end. If losers dropped in unchanged order, it would be the
    second round each time."""
    templates = double_elimination_templates(entrants)
    losers = [each for each in templates if each.section == "losers"]
    assert losers[-1].round == of_rounds
    assert min(_rounds_of_second_meetings(templates)) == earliest


class Dropped(NamedTuple):
    """A way into the losers' bracket."""

    seed: int
    lost_in: int


def _rounds_of_second_meetings(templates: Sequence[PairingTemplate]) -> Iterator[int]:
    inside: dict[int, set[int]] = {}
    came: dict[int, set[Dropped]] = {}

    def who_comes(source: PlayerSource) -> set[Dropped]:
        assert not isinstance(source, Seed)
        if isinstance(source, WinnerOf):
            return came[source.number]
        return {Dropped(seed, templates[source.number - 1].round) for seed in inside[source.number]}

    for each in templates:
        if each.section == "winners":
            inside[each.number] = {
                seed
                for source in (each.one, each.other)
                for seed in ([source.seed] if isinstance(source, Seed) else inside[source.number])
            }
        elif each.section == "losers":
            one, other = who_comes(each.one), who_comes(each.other)
            came[each.number] = one | other
            if any(_have_met(a, b, templates, inside) for a, b in product(one, other)):
                yield each.round
                return


def _have_met(
    a: Dropped, b: Dropped, templates: Sequence[PairingTemplate], inside: dict[int, set[int]]
) -> bool:
    """Return whether two players have met: one lost where their ways crossed in the winners'
    bracket, the other later."""
    first, last = sorted((a.lost_in, b.lost_in))
    crossings = (
        templates[number - 1].round for number, seeds in inside.items() if {a.seed, b.seed} <= seeds
    )
    return first < last and next(crossings, None) == first
