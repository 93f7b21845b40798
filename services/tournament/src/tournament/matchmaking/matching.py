"""Pairs waiting players by rating and waiting time. A pure function: no clock, no database.

How far apart two players may be
    A player's reach is 100 rating points plus their deviation plus 10 for each second of waiting; after 60 s it is
    unlimited. Two players are paired when each is within the other's reach.

Why these numbers
    With 100 points more, a player wins 64 matches of 100; with 200 it is 76, with 400 it is 91. A rating is not known
    better than its deviation, so a smaller difference means nothing: two newcomers (350) meet at once, two regulars
    (50) within 150 points, at worst three to one. Waiting makes an unequal match better than none, and after 60 s any
    match is.

Why both reaches and not the wider one
    With the wider reach alone, a player who has waited long would pull each newcomer into the most unequal match, while
    the newcomer's equal may come a second later. With both, each player's own waiting decides, and the price is
    limited: of two who may meet, neither waits longer than 60 s after the later one joined.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from math import inf
from typing import NamedTuple
from uuid import UUID

FIRST_REACH = 100.0
REACH_GAIN_PER_SECOND = 10.0
"""Rating points a second."""
UNLIMITED_AFTER_SECONDS = 60.0
"""Seconds."""

ForbiddenPairs = AbstractSet[tuple[UUID, UUID]]
"""Pairs of players that must not meet, the lower id first."""


class WaitingPlayer(NamedTuple):
    """A waiting player; `waited` is in seconds."""

    player_id: UUID
    points: int
    rated: bool
    rating: float
    deviation: float
    waited: float

    @property
    def reach(self) -> float:
        return rating_reach(self.deviation, self.waited)


def rating_reach(deviation: float, waited: float) -> float:
    """Return the largest rating difference allowed for an opponent; infinity after 60 s."""
    if waited >= UNLIMITED_AFTER_SECONDS:
        return inf
    return FIRST_REACH + deviation + REACH_GAIN_PER_SECOND * max(waited, 0)


def pair_players(
    seekers: Collection[WaitingPlayer], forbidden: ForbiddenPairs
) -> list[tuple[WaitingPlayer, WaitingPlayer]]:
    """Pair players who want the same match.

    The one who has waited longest chooses first and gets the nearest rating.
    """
    return [
        pair
        for group in _group_by_wish(seekers)
        for pair in _pair_group(_longest_waiting_first(group), forbidden)
    ]


def _group_by_wish(seekers: Iterable[WaitingPlayer]) -> Iterable[Sequence[WaitingPlayer]]:
    groups: dict[tuple[int, bool], list[WaitingPlayer]] = defaultdict(list)
    for seeker in seekers:
        groups[seeker.points, seeker.rated].append(seeker)
    return groups.values()


def _longest_waiting_first(seekers: Iterable[WaitingPlayer]) -> list[WaitingPlayer]:
    """Sort by waiting time, then by id, so that the same players always form the same pairs."""
    return sorted(seekers, key=lambda each: (-each.waited, each.player_id))


def _pair_group(
    waiting: list[WaitingPlayer], forbidden: ForbiddenPairs
) -> Iterator[tuple[WaitingPlayer, WaitingPlayer]]:
    while waiting:
        first = waiting.pop(0)
        fitting = [each for each in waiting if _can_pair(first, each, forbidden)]
        if fitting:
            # Among equal distances `min` takes the first, who has waited longest.
            partner = min(fitting, key=lambda each: _rating_difference(first, each))
            waiting.remove(partner)
            yield first, partner


def _can_pair(one: WaitingPlayer, other: WaitingPlayer, forbidden: ForbiddenPairs) -> bool:
    low, high = sorted((one.player_id, other.player_id))
    near = _rating_difference(one, other) <= min(one.reach, other.reach)
    return near and (low, high) not in forbidden


def _rating_difference(one: WaitingPlayer, other: WaitingPlayer) -> float:
    return abs(one.rating - other.rating)
