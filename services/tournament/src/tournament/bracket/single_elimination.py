"""Single elimination: a player is out after one loss."""

from functools import cache

from tournament.bracket.templates import (
    LoserOf,
    PairingTemplate,
    PlayerSource,
    WinnerOf,
    bracket_size,
    first_round_seeds,
)

FEWEST_FOR_THIRD_PLACE = 4
"""With three entrants one semi-final is a bye, so the loser of the other is third without a match."""


@cache
def single_elimination_templates(entrants: int, third_place: bool) -> tuple[PairingTemplate, ...]:
    """Return the rounds in order, with the match for third place before the final."""
    templates: list[PairingTemplate] = []
    places: list[tuple[PlayerSource, PlayerSource]] = [*first_round_seeds(entrants)]
    left = bracket_size(entrants)
    round_ = 1
    while left > 1:
        left //= 2
        if left == 1 and third_place and entrants >= FEWEST_FOR_THIRD_PLACE:
            templates.append(_third_place_template(templates))
        first = len(templates) + 1
        if left == 1:
            templates.append(PairingTemplate(first, "final", 1, *places[0], 2))
            break
        templates += [
            PairingTemplate(first + at, "winners", round_, one, other, left + 1)
            for at, (one, other) in enumerate(places)
        ]
        winners = [WinnerOf(first + at) for at in range(left)]
        places = [*zip(winners[::2], winners[1::2], strict=True)]
        round_ += 1
    return tuple(templates)


def _third_place_template(templates: list[PairingTemplate]) -> PairingTemplate:
    number = len(templates) + 1
    return PairingTemplate(number, "third_place", 1, LoserOf(number - 2), LoserOf(number - 1), 4)
