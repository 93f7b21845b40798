"""Swiss pairings, round by round."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tournament.tests.bracket.course import Course, players_of, setup_for, won_by
from tests.fixtures.examples import examples
from tournament.bracket.facts import NOBODY, Bracket, Facts, Outcome
from tournament.bracket.pairability import Pairability
from tournament.bracket.settling import bracket_from_facts
from tournament.bracket.swiss_draw import SwissPlayer, draw_round

seeds = st.integers(0, 2**32)


def met_in(bracket: Bracket, round_: int) -> list[tuple[int | None, int | None]]:
    return [(each.one, each.other) for each in bracket.pairings if each.round == round_]


def play_round(course: Course, *winners: int) -> None:
    """Let these players win; the better seed wins where neither player is named."""
    for each in course.ready():
        named = {*players_of(each)} & {*winners}
        course.report(each.number, won_by(each, min(named or players_of(each))))


@pytest.mark.parametrize("entrants", [2, 3, 8, 9, 64, 1023, 1024])
def test_in_the_first_round_the_upper_half_meets_the_lower(entrants: int) -> None:
    bracket = bracket_from_facts(Facts(setup=setup_for("swiss", entrants, rounds=5)))
    half = entrants // 2
    expected = [(seed, seed + half) for seed in range(1, half + 1)]
    assert met_in(bracket, 1) == expected + [(entrants, NOBODY)] * (entrants % 2)


def test_eight_players_of_whom_the_better_seeds_always_win() -> None:
    course = Course(setup_for("swiss", 8, rounds=3))
    for _ in range(3):
        play_round(course)
    assert met_in(course.bracket, 1) == [(1, 5), (2, 6), (3, 7), (4, 8)]
    assert met_in(course.bracket, 2) == [(1, 3), (2, 4), (5, 7), (6, 8)]
    assert met_in(course.bracket, 3) == [(1, 2), (3, 5), (4, 6), (7, 8)]
    assert course.bracket.over
    scores = {each.entrant: each.score for each in course.bracket.standings}
    assert scores == {1: 3, 2: 2, 3: 2, 4: 2, 5: 1, 6: 1, 7: 1, 8: 0}


def test_seven_with_byes_from_below_and_a_transposition() -> None:
    course = Course(setup_for("swiss", 7, rounds=3))
    for _ in range(3):
        play_round(course)
    assert met_in(course.bracket, 1) == [(1, 4), (2, 5), (3, 6), (7, NOBODY)]
    # One point: 1, 2, 3, 7. The last of all has already had a bye, so the one above gets it.
    assert met_in(course.bracket, 2) == [(1, 3), (2, 7), (4, 5), (6, NOBODY)]
    # One point: 3, 4, 6, 7. In order 3 would meet 6, whom they have already met.
    assert met_in(course.bracket, 3) == [(1, 2), (3, 7), (4, 6), (5, NOBODY)]


def test_six_with_floaters_and_a_last_pair_that_affects_those_above() -> None:
    course = Course(setup_for("swiss", 6, rounds=3))
    play_round(course, 1, 2, 3)
    # Three have a point: the upper one meets the first of the lower two, and the last
    # floats down to the best there.
    assert met_in(course.bracket, 2) == [(1, 2), (3, 4), (5, 6)]
    play_round(course, 1, 4, 5)
    # 1 alone has two points and has met 2, so floats to 3. Then 2 and 4 would
    # leave 5 and 6, who have met.
    assert met_in(course.bracket, 3) == [(1, 3), (2, 6), (4, 5)]


def test_an_exchange_is_used_where_no_transposition_works() -> None:
    all_below = frozenset({3, 4})
    players = [
        SwissPlayer(1, 1, all_below, False),
        SwissPlayer(2, 1, all_below, False),
        SwissPlayer(3, 1, frozenset({1, 2}), False),
        SwissPlayer(4, 1, frozenset({1, 2}), False),
    ]
    assert draw_round(players) == [(1, 2), (3, 4)]


def test_a_group_is_paired_within_itself_as_long_as_possible() -> None:
    players = [
        SwissPlayer(1, 1, frozenset(), False),
        SwissPlayer(2, 1, frozenset({4}), False),
        SwissPlayer(3, 1, frozenset(), False),
        SwissPlayer(4, 1, frozenset({2}), False),
        SwissPlayer(5, 0, frozenset(), False),
        SwissPlayer(6, 0, frozenset(), False),
    ]
    # In order 1 would meet 3, which would leave 2 and 4, who have met, to the group below.
    assert draw_round(players) == [(1, 4), (2, 3), (5, 6)]


def test_a_round_is_drawn_when_the_previous_one_is_over() -> None:
    course = Course(setup_for("swiss", 4, rounds=2))
    first, second = course.ready()
    course.report(first.number, won_by(first, 1))
    assert course.bracket.round == 1
    course.report(second.number, won_by(second, 2))
    assert course.bracket.round == 2
    assert [each.number for each in course.ready()] == [3, 4]
    assert course.bracket.rounds == 2


def test_a_late_entry_joins_the_next_round_without_points() -> None:
    course = Course(setup_for("swiss", 3, rounds=3))
    course.come_late()
    assert met_in(course.bracket, 1) == [(1, 2), (3, NOBODY)]
    play_round(course)
    assert met_in(course.bracket, 2) == [(1, 3), (2, 4)]


def test_a_withdrawn_player_is_not_drawn_until_they_return() -> None:
    course = Course(setup_for("swiss", 4, rounds=3))
    course.go(4)
    assert course.bracket.pairings[1].outcome == Outcome("forfeit", 2)
    play_round(course)
    assert met_in(course.bracket, 2) == [(1, 2), (3, NOBODY)]
    course.come_back(4)
    play_round(course)
    # A scheduled opponent counts as met.
    assert met_in(course.bracket, 3) == [(1, 4), (2, 3)]


def test_the_tournament_ends_early_when_only_one_player_is_left() -> None:
    course = Course(setup_for("swiss", 4, rounds=3))
    course.go(2, 3, 4)
    assert course.bracket.over
    assert course.bracket.round == 1


def test_the_tournament_ends_early_when_the_remaining_players_have_met() -> None:
    course = Course(setup_for("swiss", 4, rounds=3))
    course.go(2, 4)
    play_round(course)
    assert met_in(course.bracket, 1) == [(1, 3), (2, 4)]
    assert course.bracket.over


@pytest.mark.parametrize(
    ("entrants", "asked", "rounds"), [(2, 9, 1), (3, 9, 3), (4, 9, 3), (5, 9, 5), (6, 2, 2)]
)
def test_there_are_at_most_as_many_rounds_as_opponents(
    entrants: int, asked: int, rounds: int
) -> None:
    assert (
        bracket_from_facts(Facts(setup=setup_for("swiss", entrants, rounds=asked))).rounds == rounds
    )


@given(st.integers(2, 64), st.integers(1, 12), seeds)
@settings(max_examples=examples(50))
def test_no_two_players_meet_twice_and_no_player_has_two_byes(
    entrants: int, rounds: int, seed: int
) -> None:
    course = Course(setup_for("swiss", entrants, rounds=rounds), seed)
    for _ in course.play_with_absences():
        pass
    pairings = course.bracket.pairings
    meetings = Counter(frozenset({each.one, each.other}) for each in pairings)
    assert {*meetings.values()} == {1}
    for round_ in range(1, course.bracket.round + 1):
        seated = [seed for pair in met_in(course.bracket, round_) for seed in pair]
        assert len(seated) == len({*seated})
        assert seated.count(NOBODY) <= 1


@given(st.integers(2, 64), st.integers(1, 12), seeds)
@settings(max_examples=examples(40))
def test_all_present_players_play_every_round(entrants: int, rounds: int, seed: int) -> None:
    course = Course(setup_for("swiss", entrants, rounds=rounds), seed)
    for _ in course.play_without_absences():
        pass
    for round_ in range(1, course.bracket.round + 1):
        seated = {seed for pair in met_in(course.bracket, round_) for seed in pair}
        assert seated - {NOBODY} == {*range(1, entrants + 1)}


@given(st.integers(8, 64), seeds)
@settings(max_examples=examples(40))
def test_opponents_have_equal_points_as_far_as_the_groups_allow(entrants: int, seed: int) -> None:
    """In three rounds of many players at most one floats down from each group, so
    only neighbouring groups mix."""
    course = Course(setup_for("swiss", entrants, rounds=3), seed)
    for bracket in course.play_without_absences():
        scores = {each.entrant: each.score for each in bracket.standings}
        for each in bracket.pairings:
            if each.ready and bracket.round > 1 and no_result_yet(bracket):
                one, other = players_of(each)
                assert abs(scores[one] - scores[other]) <= 1


def no_result_yet(bracket: Bracket) -> bool:
    last = [each for each in bracket.pairings if each.round == bracket.round]
    return not any(each.outcome for each in last if each.other != NOBODY)


@given(st.integers(2, 9), st.data())
@settings(max_examples=examples(150))
def test_whether_a_pairing_exists_agrees_with_trying_all_pairs(
    entrants: int, data: st.DataObject
) -> None:
    everybody = list(range(1, entrants + 1))
    have_met = data.draw(st.sets(st.sampled_from(list(combinations(everybody, 2)))))
    met = {
        each: frozenset({a + b - each for a, b in have_met if each in {a, b}}) for each in everybody
    }
    assert Pairability(met).max_pairs(everybody) == tried_out(everybody, met)


def tried_out(entrants: list[int], met: dict[int, frozenset[int]]) -> int:
    if not entrants:
        return 0
    first, *others = entrants
    paired = [
        1 + tried_out([each for each in others if each != other], met)
        for other in others
        if other not in met[first]
    ]
    return max([*paired, tried_out(others, met)])


@pytest.mark.parametrize("entrants", [4, 6, 7, 10, 12, 15])
def test_all_players_are_paired_as_long_as_possible(entrants: int) -> None:
    """This holds up to the last possible round of a long tournament."""
    for seed in range(10):
        course = Course(setup_for("swiss", entrants, rounds=30), seed)
        for _ in course.play_without_absences():
            pass
        assert course.bracket.round >= entrants // 2
