"""Who plays whom: people who wait go in, pairs come out. No clock, no database.

How far apart two may be
    A player's reach is 100 points of rating, and the deviation of it, and 10 for each second of waiting; after a minute
    it is unlimited. Two are paired when each is within the other's reach.

Why these numbers
    100 points apart the better one wins 64 matches of 100, at 200 it is 76, at 400 it is 91. A rating is not known
    better than its deviation, so less than that is no distance at all: two newcomers (350) meet at once, two regulars
    (50) within 150, that is at three to one at the worst. Waiting makes an unequal match better than none, and after
    a minute any match is.

Why both reaches and not the wider one
    With the wider one alone, whoever comes is dragged into the most unequal match by somebody who has waited long,
    while their equal may come a second later. As it is, everybody decides by their own waiting, and the price has a
    limit: of two who may meet, neither waits longer than a minute after the later one came.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from math import inf
from typing import NamedTuple
from uuid import UUID

FIRST_REACH = 100.0
WIDENS_BY = 10.0
"""Each second."""
UNLIMITED_AFTER = 60.0
"""Seconds."""

Forbidden = AbstractSet[tuple[UUID, UUID]]
"""Pairs that must not meet, the lower id first in each."""


class Seeker(NamedTuple):
    """Somebody who waits, for so many seconds."""

    player_id: UUID
    points: int
    rated: bool
    rating: float
    deviation: float
    waited: float

    @property
    def reach(self) -> float:
        return reach_of(self.deviation, self.waited)


def reach_of(deviation: float, waited: float) -> float:
    """Return how far away somebody's opponent may be; infinity for any distance."""
    if waited >= UNLIMITED_AFTER:
        return inf
    return FIRST_REACH + deviation + WIDENS_BY * max(waited, 0)


def pairs_of(seekers: Collection[Seeker], forbidden: Forbidden) -> list[tuple[Seeker, Seeker]]:
    """Pair people who want the same match: who has waited longest chooses first, and gets the nearest rating."""
    return [
        pair for group in _by_wish(seekers) for pair in _pairs_in(_longest_first(group), forbidden)
    ]


def _by_wish(seekers: Iterable[Seeker]) -> Iterable[Sequence[Seeker]]:
    groups: dict[tuple[int, bool], list[Seeker]] = defaultdict(list)
    for seeker in seekers:
        groups[seeker.points, seeker.rated].append(seeker)
    return groups.values()


def _longest_first(seekers: Iterable[Seeker]) -> list[Seeker]:
    """The ids decide between those who came together, so that the same people always make the same pairs."""
    return sorted(seekers, key=lambda each: (-each.waited, each.player_id))


def _pairs_in(waiting: list[Seeker], forbidden: Forbidden) -> Iterator[tuple[Seeker, Seeker]]:
    while waiting:
        first = waiting.pop(0)
        fitting = [each for each in waiting if _fit(first, each, forbidden)]
        if fitting:
            # Of several at one distance `min` takes the first, who has waited longest.
            partner = min(fitting, key=lambda each: _distance(first, each))
            waiting.remove(partner)
            yield first, partner


def _fit(one: Seeker, other: Seeker, forbidden: Forbidden) -> bool:
    low, high = sorted((one.player_id, other.player_id))
    near = _distance(one, other) <= min(one.reach, other.reach)
    return near and (low, high) not in forbidden


def _distance(one: Seeker, other: Seeker) -> float:
    return abs(one.rating - other.rating)
