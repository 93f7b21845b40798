"""Pairing of waiting players by rating, waiting time and wishes."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, pairwise
from math import inf
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tournament.matchmaking.matching import (
    UNLIMITED_AFTER_SECONDS,
    WaitingPlayer,
    pair_players,
    rating_reach,
)

NONE: frozenset[tuple[UUID, UUID]] = frozenset()
REGULAR, NEWCOMER = 50.0, 350.0


def seeker(
    number: int, rating: float = 1500, waited: float = 0, deviation: float = REGULAR
) -> WaitingPlayer:
    return WaitingPlayer(UUID(int=number), 5, True, rating, deviation, waited)


def ids_of(pairs: Sequence[tuple[WaitingPlayer, WaitingPlayer]]) -> list[tuple[int, int]]:
    return [(one.player_id.int, other.player_id.int) for one, other in pairs]


@st.composite
def crowds(draw: st.DrawFn) -> list[WaitingPlayer]:
    return [
        WaitingPlayer(
            player_id=UUID(int=number),
            points=draw(st.sampled_from([3, 5])),
            rated=draw(st.booleans()),
            rating=draw(st.floats(800, 2400)),
            deviation=draw(st.floats(45, 350)),
            waited=draw(st.one_of(st.floats(0, 59.9), st.floats(UNLIMITED_AFTER_SECONDS, 600))),
        )
        for number in range(1, draw(st.integers(0, 12)) + 1)
    ]


@st.composite
def crowds_with_enemies(
    draw: st.DrawFn,
) -> tuple[list[WaitingPlayer], frozenset[tuple[UUID, UUID]]]:
    crowd = draw(crowds())
    pairs = list(combinations(sorted(each.player_id for each in crowd), 2))
    return crowd, frozenset(draw(st.sets(st.sampled_from(pairs)))) if pairs else NONE


def wish(each: WaitingPlayer) -> tuple[int, bool]:
    return each.points, each.rated


def could_meet(
    one: WaitingPlayer, other: WaitingPlayer, forbidden: frozenset[tuple[UUID, UUID]]
) -> bool:
    low, high = sorted((one.player_id, other.player_id))
    near = abs(one.rating - other.rating) <= min(one.reach, other.reach)
    return wish(one) == wish(other) and near and (low, high) not in forbidden


@given(crowds_with_enemies())
def test_pairs_are_allowed_and_disjoint(
    crowd: tuple[list[WaitingPlayer], frozenset[tuple[UUID, UUID]]],
) -> None:
    seekers, forbidden = crowd
    pairs = pair_players(seekers, forbidden)
    assert all(could_meet(one, other, forbidden) for one, other in pairs)
    times = Counter(each.player_id for pair in pairs for each in pair)
    assert not times or max(times.values()) == 1


@given(crowds_with_enemies())
def test_no_two_unpaired_players_could_have_been_paired(
    crowd: tuple[list[WaitingPlayer], frozenset[tuple[UUID, UUID]]],
) -> None:
    seekers, forbidden = crowd
    paired = {each.player_id for pair in pair_players(seekers, forbidden) for each in pair}
    left = [each for each in seekers if each.player_id not in paired]
    assert not any(could_meet(one, other, forbidden) for one, other in combinations(left, 2))


@given(crowds_with_enemies())
def test_the_player_who_has_waited_longest_gets_the_nearest_opponent(
    crowd: tuple[list[WaitingPlayer], frozenset[tuple[UUID, UUID]]],
) -> None:
    seekers, forbidden = crowd
    for longest in _longest_of_each_wish(seekers):
        choice = [each for each in seekers if each is not longest]
        choice = [each for each in choice if could_meet(longest, each, forbidden)]
        partners = [
            other.player_id
            for pair in pair_players(seekers, forbidden)
            for each, other in (pair, pair[::-1])
            if each.player_id == longest.player_id
        ]
        nearest = min((abs(each.rating - longest.rating) for each in choice), default=None)
        found = [
            abs(each.rating - longest.rating) for each in seekers if each.player_id in partners
        ]
        assert found == ([] if nearest is None else [nearest])


def _longest_of_each_wish(seekers: list[WaitingPlayer]) -> list[WaitingPlayer]:
    return [
        max(group, key=lambda each: (each.waited, -each.player_id.int))
        for kind in {wish(each) for each in seekers}
        if (group := [each for each in seekers if wish(each) == kind])
    ]


@given(crowds_with_enemies())
def test_the_order_of_reading_does_not_matter(
    crowd: tuple[list[WaitingPlayer], frozenset[tuple[UUID, UUID]]],
) -> None:
    seekers, forbidden = crowd
    assert set(pair_players(seekers, forbidden)) == set(pair_players(seekers[::-1], forbidden))


@given(crowds())
def test_all_players_with_a_partner_are_paired_after_a_minute(seekers: list[WaitingPlayer]) -> None:
    patient = [each._replace(waited=each.waited + UNLIMITED_AFTER_SECONDS) for each in seekers]
    paired = Counter(wish(each) for pair in pair_players(patient, NONE) for each in pair)
    there = Counter(wish(each) for each in patient)
    assert all(paired[kind] == count // 2 * 2 for kind, count in there.items())


@given(st.floats(0, 350), st.lists(st.floats(0, 600), min_size=2))
def test_the_range_never_shrinks(deviation: float, waits: list[float]) -> None:
    reaches = [rating_reach(deviation, waited) for waited in sorted(waits)]
    assert all(sooner <= later for sooner, later in pairwise(reaches))


def test_established_players_within_150_points_are_paired_at_once() -> None:
    assert ids_of(pair_players([seeker(1, 1500), seeker(2, 1650)], NONE)) == [(1, 2)]
    assert pair_players([seeker(1, 1500), seeker(2, 1651)], NONE) == []


def test_new_players_are_paired_at_once() -> None:
    crowd = [seeker(1, 1300, deviation=NEWCOMER), seeker(2, 1700, deviation=NEWCOMER)]
    assert ids_of(pair_players(crowd, NONE)) == [(1, 2)]


def test_a_new_arrival_is_not_paired_far_away_because_of_another_players_long_wait() -> None:
    patient, new = seeker(1, 1500, waited=300), seeker(2, 2000)
    assert pair_players([patient, new], NONE) == []
    assert ids_of(pair_players([patient, new._replace(waited=35.0)], NONE)) == [(1, 2)]


def test_the_range_is_unlimited_after_a_minute() -> None:
    assert rating_reach(REGULAR, 59.9) == 749
    assert rating_reach(REGULAR, 60) == inf


def test_another_replicas_fast_clock_does_not_narrow_the_range() -> None:
    assert rating_reach(REGULAR, -3) == rating_reach(REGULAR, 0)


def test_two_players_who_must_not_meet_are_paired_with_others() -> None:
    crowd = [seeker(1, waited=9), seeker(2, waited=8), seeker(3, 1590, waited=1)]
    forbidden = frozenset({(UUID(int=1), UUID(int=2))})
    assert ids_of(pair_players(crowd, forbidden)) == [(1, 3)]
