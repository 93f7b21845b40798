"""Single and double elimination: the way of each player through the bracket."""

from collections import Counter
from itertools import product

import pytest

from contracts.tournament.tournaments import TournamentFormat
from services.tournament.tests.bracket.course import Course, players_of, setup_for, won_by
from tournament.bracket.facts import NOBODY, Bracket, Facts, Outcome, Pairing
from tournament.bracket.settling import bracket_from_facts

ELIMINATIONS: tuple[TournamentFormat, ...] = ("single_elimination", "double_elimination")


def played_to_the_end(
    format_: TournamentFormat, entrants: int, *, third_place: bool = False
) -> Course:
    """Return a finished tournament in which no one is absent and the better seed always wins."""
    course = Course(setup_for(format_, entrants, third_place=third_place))
    for _ in course.play_without_absences(favourites=1):
        pass
    return course


def places(bracket: Bracket) -> dict[int, int | None]:
    return {each.entrant: each.place for each in bracket.standings}


def in_section(bracket: Bracket, section: str, round_: int) -> list[Pairing]:
    return [each for each in bracket.pairings if (each.section, each.round) == (section, round_)]


def met_in(bracket: Bracket, section: str, round_: int) -> list[tuple[int | None, int | None]]:
    return [(each.one, each.other) for each in in_section(bracket, section, round_)]


def both_came(bracket: Bracket) -> list[Pairing]:
    return [each for each in bracket.pairings if each.outcome and each.outcome.how == "played"]


@pytest.mark.parametrize(
    ("entrants", "byes", "first_matches"),
    [
        (3, [1], [(2, 3)]),
        (5, [1, 2, 3], [(4, 5)]),
        (6, [1, 2], [(4, 5), (3, 6)]),
        (7, [1], [(4, 5), (2, 7), (3, 6)]),
        (8, [], [(1, 8), (4, 5), (2, 7), (3, 6)]),
    ],
)
@pytest.mark.parametrize("format_", ELIMINATIONS)
def test_known_byes(
    format_: TournamentFormat, entrants: int, byes: list[int], first_matches: list[tuple[int, int]]
) -> None:
    bracket = bracket_from_facts(Facts(setup=setup_for(format_, entrants)))
    first = in_section(bracket, "winners", 1)
    assert sorted(each.one or 0 for each in first if each.other == NOBODY) == byes
    assert [(each.one, each.other) for each in first if each.other != NOBODY] == first_matches


def test_byes_go_to_the_best_seeds(subtests: pytest.Subtests) -> None:
    for format_, entrants in product(ELIMINATIONS, [*range(3, 66), 100, 511, 1000, 1023, 1024]):
        with subtests.test(f"{entrants} in {format_}"):
            bracket = bracket_from_facts(Facts(setup=setup_for(format_, entrants)))
            first = in_section(bracket, "winners", 1)
            free = sorted(each.one or 0 for each in first if each.other == NOBODY)
            assert free == list(range(1, 2 * len(first) - entrants + 1))
            assert all(each.one for each in first)


@pytest.mark.parametrize("entrants", [8, 16, 64, 256])
def test_the_best_seeds_meet_as_late_as_possible(entrants: int) -> None:
    bracket = played_to_the_end("single_elimination", entrants).bracket
    for each in both_came(bracket):
        left = entrants >> (each.round - 1) if each.section == "winners" else 2
        assert sum(players_of(each)) == left + 1


def test_eight_in_single_elimination_with_a_match_for_the_third_place() -> None:
    bracket = played_to_the_end("single_elimination", 8, third_place=True).bracket
    assert [(each.section, each.round, each.one, each.other) for each in bracket.pairings] == [
        ("winners", 1, 1, 8),
        ("winners", 1, 4, 5),
        ("winners", 1, 2, 7),
        ("winners", 1, 3, 6),
        ("winners", 2, 1, 4),
        ("winners", 2, 2, 3),
        ("third_place", 1, 4, 3),
        ("final", 1, 1, 2),
    ]
    assert places(bracket) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5, 7: 5, 8: 5}


def test_the_third_place_is_shared_without_a_match_for_it() -> None:
    bracket = played_to_the_end("single_elimination", 8).bracket
    assert places(bracket) == {1: 1, 2: 2, 3: 3, 4: 3, 5: 5, 6: 5, 7: 5, 8: 5}


def test_there_is_no_match_for_the_third_place_among_three() -> None:
    bracket = played_to_the_end("single_elimination", 3, third_place=True).bracket
    assert [each.section for each in bracket.pairings] == ["winners", "winners", "final"]
    assert places(bracket) == {1: 1, 2: 2, 3: 3}


def test_eight_in_double_elimination() -> None:
    bracket = played_to_the_end("double_elimination", 8).bracket
    assert [(each.section, each.round, each.one, each.other) for each in bracket.pairings] == [
        ("winners", 1, 1, 8),
        ("winners", 1, 4, 5),
        ("winners", 1, 2, 7),
        ("winners", 1, 3, 6),
        ("winners", 2, 1, 4),
        ("winners", 2, 2, 3),
        ("losers", 1, 8, 5),
        ("losers", 1, 7, 6),
        # The losers of the second round change halves, so 3 does not meet 6 or 7 again at once.
        ("losers", 2, 5, 3),
        ("losers", 2, 6, 4),
        ("winners", 3, 1, 2),
        ("losers", 3, 3, 4),
        ("losers", 4, 3, 2),
        ("final", 1, 1, 2),
        ("reset", 1, NOBODY, NOBODY),
    ]
    assert bracket.pairings[-1].outcome == Outcome("unneeded")
    assert places(bracket) == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 5, 7: 7, 8: 7}


def test_sixteen_in_double_elimination_get_the_known_places() -> None:
    bracket = played_to_the_end("double_elimination", 16).bracket
    by_place = Counter(each.place for each in bracket.standings)
    assert by_place == {1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 7: 2, 9: 4, 13: 4}


def test_a_finalist_from_the_losers_bracket_has_to_win_twice() -> None:
    course = Course(setup_for("double_elimination", 2))
    course.report(1, won_by(course.bracket.pairings[0], 1))
    course.report(2, won_by(course.bracket.pairings[1], 2))
    reset = course.bracket.pairings[2]
    assert (reset.section, reset.one, reset.other, reset.ready) == ("reset", 1, 2, True)
    course.report(3, won_by(reset, 1))
    assert course.bracket.over
    assert places(course.bracket) == {1: 1, 2: 2}


@pytest.mark.parametrize("format_", ELIMINATIONS)
def test_both_finalists_are_second_if_both_are_absent(format_: TournamentFormat) -> None:
    course = Course(setup_for(format_, 4))
    while (match := course.ready()[0]).section != "final":
        course.report(match.number, won_by(match, min(players_of(match))))
    course.report(match.number, Outcome("double_forfeit"))
    assert course.bracket.over
    assert places(course.bracket) == {1: 2, 2: 2, 3: 3, 4: 3 if format_ == ELIMINATIONS[0] else 4}
    if format_ == "double_elimination":
        assert course.bracket.pairings[-1].outcome == Outcome("empty")


def test_after_a_double_forfeit_the_next_opponent_has_a_bye() -> None:
    course = Course(setup_for("single_elimination", 4))
    course.report(1, Outcome("double_forfeit"))
    course.report(2, Outcome("forfeit", 3))
    assert course.bracket.pairings[2].outcome == Outcome("bye", 3)
    assert course.bracket.over
    assert places(course.bracket) == {3: 1, 1: 3, 2: 3, 4: 3}


def test_no_player_drops_from_a_double_forfeit() -> None:
    course = Course(setup_for("double_elimination", 4))
    course.report(1, Outcome("double_forfeit"))
    course.report(2, Outcome("played", 2, 5, 1))
    # 2 comes through the winners' bracket and 3 through the losers', so they meet again at once.
    assert [(each.section, each.one, each.other) for each in course.ready()] == [("final", 2, 3)]
    assert places(course.bracket) == {2: None, 3: None, 1: 4, 4: 4}


def test_an_absent_player_does_not_win_by_a_bye() -> None:
    course = Course(setup_for("single_elimination", 3))
    course.go(1)
    course.report(2, Outcome("double_forfeit"))
    assert course.bracket.over
    assert course.bracket.pairings[-1].outcome == Outcome("empty")
    assert places(course.bracket) == {1: 2, 2: 3, 3: 3}


def test_a_bye_remains_when_its_player_withdraws_later() -> None:
    course = Course(setup_for("single_elimination", 3))
    course.report(2, Outcome("played", 2, 5, 1))
    course.go(1)
    assert course.bracket.pairings[0].outcome == Outcome("bye", 1)
    assert course.bracket.pairings[2].outcome == Outcome("forfeit", 2)


def test_a_player_who_forfeits_instead_of_dropping_shares_the_place_of_the_next_losers() -> None:
    """With six players the losers of the first round have a bye in the losers'
    bracket, so no one is seventh."""
    course = Course(setup_for("double_elimination", 6))
    course.report(2, Outcome("double_forfeit"))
    for _ in course.play_without_absences(favourites=1):
        pass
    assert places(course.bracket) == {1: 1, 2: 2, 3: 3, 6: 4, 4: 5, 5: 5}
