"""Whether people who have met some of the others can still be paired without a second meeting."""

from collections.abc import Mapping, Sequence
from itertools import combinations


class Pairability:
    """Answers for any of the entrants of whom it knows whom they have met."""

    def __init__(self, met: Mapping[int, frozenset[int]]) -> None:
        self._met = met
        most_met = max((len(each) for each in met.values()), default=0)
        # Dirac: where everybody may meet at least half of all there is a circle through all of them, and every second
        # step of it is a pair. Of m people each may meet m - 1 - most_met at least, which is half of m from here on.
        self._certain_from = 2 * most_met + 2

    def may_meet(self, one: int, other: int) -> bool:
        return other not in self._met[one]

    def of_all(self, entrants: Sequence[int]) -> bool:
        """Return whether all of them, an even number, can be paired."""
        return self.most_pairs(entrants) * 2 == len(entrants)

    def most_pairs(self, entrants: Sequence[int]) -> int:
        """Return how many pairs can be made of them at most."""
        most = len(entrants) // 2
        # Of an odd number the same holds for the others, whoever is left out.
        if 2 * most >= self._certain_from or self._pairs_at_hand(entrants) == most:
            return most
        # Here, because it is seldom asked and takes a tenth of the service's start to load.
        from networkx import Graph, max_weight_matching  # noqa: PLC0415

        graph: Graph[int] = Graph(
            (one, other) for one, other in combinations(entrants, 2) if self.may_meet(one, other)
        )
        return len(max_weight_matching(graph, maxcardinality=True))

    def _pairs_at_hand(self, entrants: Sequence[int]) -> int:
        """Take for each the first whom they may meet: mostly this finds all pairs, in a hundredth of the time."""
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
