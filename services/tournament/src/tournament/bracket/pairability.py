"""Tells whether entrants can be paired without a second meeting of any two."""

from collections.abc import Mapping, Sequence
from itertools import combinations


class Pairability:
    """Tells which groups of entrants can be paired; `met` are the earlier opponents of each entrant."""

    def __init__(self, met: Mapping[int, frozenset[int]]) -> None:
        self._met = met
        most_met = max((len(each) for each in met.values()), default=0)
        # Dirac's theorem: if each of m people may meet at least m / 2 others, a circle runs through all of them, and
        # every second step of it is a pair. Each may meet at least m - 1 - most_met, which is m / 2 from this m on.
        self._certain_from = 2 * most_met + 2

    def may_meet(self, one: int, other: int) -> bool:
        return other not in self._met[one]

    def can_pair_all(self, entrants: Sequence[int]) -> bool:
        """Tell whether all these entrants, an even number, can be paired without a second meeting."""
        return self.max_pairs(entrants) * 2 == len(entrants)

    def max_pairs(self, entrants: Sequence[int]) -> int:
        """Return the largest number of pairs that can be made without a second meeting."""
        most = len(entrants) // 2
        # With an odd number the theorem holds for the others, with any one left out.
        if 2 * most >= self._certain_from or self._greedy_pair_count(entrants) == most:
            return most
        # Imported here: it is seldom needed, and loading it takes a tenth of the service's start.
        from networkx import Graph, max_weight_matching  # noqa: PLC0415

        graph: Graph[int] = Graph(
            (one, other) for one, other in combinations(entrants, 2) if self.may_meet(one, other)
        )
        return len(max_weight_matching(graph, maxcardinality=True))

    def _greedy_pair_count(self, entrants: Sequence[int]) -> int:
        """Greedy pairing: each player gets the first allowed opponent.

        It mostly finds all pairs, in 1 % of the time.
        """
        waiting = list(entrants)
        pairs = 0
        while waiting:
            one = waiting.pop(0)
            for other in waiting:
                if self.may_meet(one, other):
                    waiting.remove(other)
                    pairs += 1
                    break
        return pairs
