"""Double elimination: a player is out after two losses.

For 2^k places the winners' bracket has k rounds and the losers' bracket 2(k - 1). In its odd rounds the players already
there meet each other; in its even rounds they meet the losers of a winners' round.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from contracts.tournament.tournaments import BracketSection
from tournament.bracket.templates import (
    LoserOf,
    PairingTemplate,
    PlayerSource,
    WinnerOf,
    bracket_size,
    first_round_seeds,
)

FIRST_DROP_ROUND: Final = 2
"""The first winners' round whose losers meet players who are already in the losers' bracket."""
THIRD_PLACE: Final = 3
"""The place of the loser of the last match of the losers' bracket."""


@cache
def double_elimination_templates(entrants: int) -> tuple[PairingTemplate, ...]:
    """Return the rounds of both brackets in an order to play them, then the final and the second final."""
    return tuple(_TemplateBuilder(entrants).templates)


class _TemplateBuilder:
    """Builds the templates of both brackets."""

    def __init__(self, entrants: int) -> None:
        self.templates: list[PairingTemplate] = []
        self._entrants = entrants
        self._rounds = bracket_size(entrants).bit_length() - 1
        self._out = self._places_in_losers_bracket()
        winners = self._add_winners_round(1, [*first_round_seeds(entrants)])
        losers: list[PlayerSource] = [LoserOf(number) for number in winners]
        for round_ in range(2, self._rounds + 1):
            winners = self._add_winners_round(
                round_, _pair_neighbours([WinnerOf(at) for at in winners])
            )
            losers = self._add_losers_round(2 * round_ - 3, _pair_neighbours(losers))
            dropping = [LoserOf(winners[at]) for at in drop_order(round_, len(winners))]
            losers = self._add_losers_round(2 * round_ - 2, [*zip(losers, dropping, strict=True)])
        final = self._add_template("final", 1, WinnerOf(winners[0]), losers[0], 2)
        # It is played only if the second player of the final wins, so both keep their places of the final.
        self._add_template("reset", 1, LoserOf(final), WinnerOf(final), 2)

    def _add_winners_round(
        self, round_: int, places: list[tuple[PlayerSource, PlayerSource]]
    ) -> list[int]:
        """Add a winners' round.

        If both players of a match are absent, they share the place of those who drop and lose at once.
        """
        out = self._out.get(max(2 * round_ - 2, 1), 2)
        if out > self._entrants:
            # Too few players for a match in the first round of the losers' bracket: a player there gets a bye.
            out = self._out[2]
        return [self._add_template("winners", round_, *pair, out) for pair in places]

    def _add_losers_round(
        self, round_: int, places: list[tuple[PlayerSource, PlayerSource]]
    ) -> list[PlayerSource]:
        out = self._out[round_]
        return [WinnerOf(self._add_template("losers", round_, *pair, out)) for pair in places]

    def _add_template(
        self, section: BracketSection, round_: int, one: PlayerSource, other: PlayerSource, out: int
    ) -> int:
        number = len(self.templates) + 1
        self.templates.append(PairingTemplate(number, section, round_, one, other, out))
        return number

    def _places_in_losers_bracket(self) -> dict[int, int]:
        """Return the place of the losers of each losers' round: 3, 4, 5, 7, 9, 13 … from the last round back."""
        places: dict[int, int] = {}
        place = THIRD_PLACE
        for round_ in range(2 * self._rounds - 2, 0, -1):
            places[round_] = place
            place += 1 << (self._rounds - (round_ + 1) // 2 - 1)
        return places


def _pair_neighbours(places: Sequence[PlayerSource]) -> list[tuple[PlayerSource, PlayerSource]]:
    return [*zip(places[::2], places[1::2], strict=True)]


def drop_order(round_: int, width: int) -> list[int]:
    """Return for each place of a losers' round the index of the winners' match whose loser drops to it.

    The order changes from round to round: reversed, halves swapped, each half reversed, straight. So players drop far
    from those whom they have beaten. For two matches straight was the best of all orders. When every match is even, one
    second meeting is to be expected in a losers' bracket of any size to 1,024; always straight, 1 of 8, 13 of 64, 219
    of 1,024.
    """
    steps = round_ - FIRST_DROP_ROUND
    half = width // 2
    if steps > 0 and half <= 1:
        return list(range(width))
    turn = (width - 1, half, half - 1, 0)[steps % 4]
    return [at ^ turn for at in range(width)]
