"""Round robin, in which all players meet."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tournament.tests.bracket.course import Course, players_of, setup_for, won_by
from tests.fixtures.examples import examples
from tournament.bracket.facts import Bracket, Facts, Outcome
from tournament.bracket.settling import bracket_from_facts


def rounds_of(bracket: Bracket) -> list[list[tuple[int, int]]]:
    return [
        [players_of(each) for each in bracket.pairings if each.round == round_]
        for round_ in range(1, bracket.rounds + 1)
    ]


def test_six_are_paired_by_the_published_circle() -> None:
    bracket = bracket_from_facts(Facts(setup=setup_for("round_robin", 6)))
    assert rounds_of(bracket) == [
        [(1, 6), (2, 5), (3, 4)],
        [(1, 5), (6, 4), (2, 3)],
        [(1, 4), (5, 3), (6, 2)],
        [(1, 3), (4, 2), (5, 6)],
        [(1, 2), (3, 6), (4, 5)],
    ]


def test_one_of_five_is_free_in_each_round() -> None:
    bracket = bracket_from_facts(Facts(setup=setup_for("round_robin", 5)))
    free = [
        {*range(1, 6)} - {each for pair in round_ for each in pair} for round_ in rounds_of(bracket)
    ]
    assert free == [{1}, {4}, {2}, {5}, {3}]


def test_all_players_meet_as_often_as_configured(subtests: pytest.Subtests) -> None:
    for cycles, entrants in product([1, 2], range(2, 33)):
        with subtests.test(f"{entrants} meet {cycles} times"):
            bracket = bracket_from_facts(
                Facts(setup=setup_for("round_robin", entrants, rounds=cycles))
            )
            assert bracket.rounds == cycles * (entrants - 1 + entrants % 2)
            meetings = Counter(frozenset(players_of(each)) for each in bracket.pairings)
            assert len(meetings) == entrants * (entrants - 1) // 2
            assert {*meetings.values()} == {cycles}
            sides = Counter(players_of(each) for each in bracket.pairings)
            assert {*sides.values()} == {1}
            for round_ in rounds_of(bracket):
                seated = [each for pair in round_ for each in pair]
                assert len(seated) == len({*seated}) == entrants - entrants % 2


@given(st.integers(2, 12), st.integers(1, 2), st.integers(0, 2**32))
@settings(max_examples=examples(30))
def test_a_round_is_ready_when_the_previous_one_is_over(
    entrants: int, cycles: int, seed: int
) -> None:
    course = Course(setup_for("round_robin", entrants, rounds=cycles), seed)
    for bracket in course.play_with_absences():
        still_open = {each.round for each in bracket.pairings if each.outcome is None}
        assert {each.round for each in bracket.pairings if each.ready} == {*sorted(still_open)[:1]}
        assert bracket.round == min(still_open, default=bracket.rounds)


def test_a_withdrawn_player_loses_all_further_matches_and_keeps_earlier_wins() -> None:
    course = Course(setup_for("round_robin", 4))
    first = course.ready()[0]
    course.report(first.number, won_by(first, 1))
    course.go(1)
    outcomes = [each.outcome for each in course.bracket.pairings if each.one == 1]
    assert outcomes == [
        Outcome("played", 1, 5, 3),
        Outcome("forfeit", 3),
        Outcome("forfeit", 2),
    ]
