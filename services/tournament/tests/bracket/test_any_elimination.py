"""Properties of every elimination, however its matches end."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tournament.tournaments import TournamentFormat
from services.tournament.tests.bracket.course import Course, players_of, setup_for
from tests.fixtures.examples import examples
from tournament.bracket.facts import NOBODY, Bracket, Outcome, Pairing

ELIMINATIONS: tuple[TournamentFormat, ...] = ("single_elimination", "double_elimination")
seeds = st.integers(0, 2**32)
sizes = st.integers(2, 64)


def both_came(bracket: Bracket) -> list[Pairing]:
    return [each for each in bracket.pairings if each.outcome and each.outcome.how == "played"]


@given(sizes, seeds, st.booleans())
@settings(max_examples=examples(50))
def test_single_elimination_has_one_match_fewer_than_players(
    entrants: int, seed: int, third_place: bool
) -> None:
    course = Course(setup_for("single_elimination", entrants, third_place=third_place), seed)
    for _ in course.play_without_absences():
        pass
    matches = [each for each in both_came(course.bracket) if each.section != "third_place"]
    assert len(matches) == entrants - 1


@given(sizes, seeds)
@settings(max_examples=examples(50))
def test_in_double_elimination_all_but_one_lose_twice(entrants: int, seed: int) -> None:
    course = Course(setup_for("double_elimination", entrants), seed)
    for _ in course.play_without_absences(favourites=0.5):
        pass
    matches = len(both_came(course.bracket))
    needed = course.bracket.pairings[-1].outcome != Outcome("unneeded")
    assert matches == 2 * entrants - 1 if needed else 2 * entrants - 2
    champion = course.bracket.standings[0]
    assert all(each.losses == 2 for each in course.bracket.standings[1:])
    assert champion.losses == (1 if needed else 0)


@given(st.integers(3, 64), seeds)
@settings(max_examples=examples(50))
def test_the_loser_of_the_winners_final_plays_the_losers_final(entrants: int, seed: int) -> None:
    course = Course(setup_for("double_elimination", entrants), seed)
    for _ in course.play_without_absences():
        pass
    winners_final = [each for each in course.bracket.pairings if each.section == "winners"][-1]
    losers_final = [each for each in course.bracket.pairings if each.section == "losers"][-1]
    assert winners_final.outcome
    (loser,) = {*players_of(winners_final)} - {winners_final.outcome.winner}
    assert loser in players_of(losers_final)


@given(st.sampled_from(ELIMINATIONS), sizes, seeds)
@settings(max_examples=examples(60))
def test_players_remain_until_they_have_lost_often_enough(
    format_: TournamentFormat, entrants: int, seed: int
) -> None:
    """Absent players are the only exception."""
    course = Course(setup_for(format_, entrants), seed)
    lives = 1 if format_ == "single_elimination" else 2
    for bracket in course.play_with_absences():
        absent = set(course.facts.gone)
        waiting: set[int | None] = set()
        for each in bracket.pairings:
            if each.outcome is None:
                waiting |= {each.one, each.other}
            elif each.outcome.winner == NOBODY:
                absent |= {each.one or 0, each.other or 0}
        for line in bracket.standings:
            if line.entrant not in absent and not bracket.over:
                assert (line.entrant in waiting) == (line.losses < lives)
                assert (line.place is None) == (line.losses < lives)


@given(st.sampled_from(ELIMINATIONS), sizes, seeds)
@settings(max_examples=examples(60))
def test_players_eliminated_in_the_same_round_share_a_place(
    format_: TournamentFormat, entrants: int, seed: int
) -> None:
    """If no one is absent, each place has exactly as many players above it as it says."""
    course = Course(setup_for(format_, entrants), seed)
    for _ in course.play_without_absences():
        pass
    found = [each.place for each in course.bracket.standings]
    assert found == [1 + sum(other < each for other in found if other and each) for each in found]


@given(st.sampled_from(ELIMINATIONS), sizes, seeds)
@settings(max_examples=examples(40))
def test_no_place_exceeds_the_number_of_players(
    format_: TournamentFormat, entrants: int, seed: int
) -> None:
    course = Course(setup_for(format_, entrants), seed)
    for _ in course.play_with_absences():
        pass
    assert all(1 <= (each.place or 0) <= entrants for each in course.bracket.standings)
    assert sum(each.place == 1 for each in course.bracket.standings) <= 1
