"""Draws the next round of a Swiss tournament.

The order is by points, then by seed. With an odd number, the last entrant without an earlier bye gets one, if the
others can all be paired. Then pairs are made from the top, group by group of equal points, as in the Dutch system:

1. The first of the upper half meets the first of the lower half, or else the next one of it (a transposition), or else
   one of the upper half, from below (an exchange).
2. If none of them is possible, the entrant floats to the next group, where they come first and meet the best possible.

An opponent is possible if the two have not met, if the rest of the group can still form as many pairs among themselves,
and if all remaining entrants can be paired. If no opponent meets all three, the second condition is dropped. The third
is never dropped, so that a draw, once begun, can be completed. There is never a second meeting and never a second bye.

Two have met also when one of them did not come: otherwise a returning player would be given the same opponent again,
who might then get two points without a match. Colours do not exist, so what the Dutch system says about them is left
out, and with it the reason for comparing whole transpositions instead of one pair after the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from tournament.bracket.facts import NOBODY
from tournament.bracket.pairability import Pairability

FEWEST_PLAYERS: Final = 2
"""The smallest number of players for a draw: a single one could only be given byes."""


class SwissPlayer(NamedTuple):
    """A player with the state relevant to the draw; `met` are their earlier opponents."""

    entrant: int
    score: int
    met: frozenset[int]
    had_bye: bool


def draw_round(players: Iterable[SwissPlayer]) -> list[tuple[int, int]]:
    """Return the pairs of the next round, a bye (against NOBODY) last; none if they cannot all be paired."""
    order = sorted(players, key=lambda each: (-each.score, each.entrant))
    if len(order) < FEWEST_PLAYERS:
        return []
    pairability = Pairability({each.entrant: each.met for each in order})
    if len(order) % 2 == 0:
        possible = pairability.can_pair_all([each.entrant for each in order])
        return _pair_all(order, pairability) if possible else []
    for free in reversed(order):
        rest = [each for each in order if each is not free]
        if not free.had_bye and pairability.can_pair_all([each.entrant for each in rest]):
            return [*_pair_all(rest, pairability), (free.entrant, NOBODY)]
    return []


def _pair_all(order: Sequence[SwissPlayer], pairability: Pairability) -> list[tuple[int, int]]:
    """Return the pairs in the order of their better player, who comes first in each."""
    below = [each.entrant for each in order]
    rank = {entrant: at for at, entrant in enumerate(below)}
    floaters: list[int] = []
    pairs: list[tuple[int, int]] = []
    for _, same in groupby(order, key=lambda each: each.score):
        residents = [each.entrant for each in same]
        below = below[len(residents) :]
        group = _ScoreGroup(floaters, residents, below, pairability)
        pairs += group.draw_pairs()
        floaters = group.floating
    return sorted(pairs, key=lambda pair: rank[pair[0]])


class _ScoreGroup:
    """Entrants with equal points, and those who floated to them.

    No entrant floats from the last group, because all remaining entrants can be paired.
    """

    def __init__(
        self,
        floaters: list[int],
        residents: list[int],
        below: list[int],
        pairability: Pairability,
    ) -> None:
        self.floating: list[int] = []
        self._floaters = floaters
        self._residents = residents
        self._below = below
        self._pairability = pairability

    def draw_pairs(self) -> Iterator[tuple[int, int]]:
        while self._floaters or self._residents:
            first, *candidates = self._first_and_candidates()
            opponent = self._choose_opponent(first, candidates)
            self._floaters = [each for each in self._floaters if each not in {first, opponent}]
            self._residents = [each for each in self._residents if each not in {first, opponent}]
            if opponent is None:
                self.floating.append(first)
            else:
                yield first, opponent

    def _first_and_candidates(self) -> list[int]:
        if self._floaters:
            first, *others = self._floaters
            return [first, *self._residents, *others]
        half = max(len(self._residents) // 2, 1)
        upper, lower = self._residents[:half], self._residents[half:]
        return [upper[0], *lower, *reversed(upper[1:])]

    def _choose_opponent(self, first: int, candidates: list[int]) -> int | None:
        group = [*self._floaters, *self._residents]
        goal = self._pairability.max_pairs(group) - 1
        fallback: int | None = None
        for candidate in candidates:
            if not self._pairability.may_meet(first, candidate):
                continue
            rest = [each for each in group if each not in {first, candidate}]
            if not self._pairability.can_pair_all([*rest, *self.floating, *self._below]):
                continue
            if self._pairability.max_pairs(rest) >= goal:
                return candidate
            fallback = fallback or candidate
        return fallback
