"""Properties of every format, whatever happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.tournament.tournaments import OUTCOMES_BY_RULES_ALONE, TournamentFormat
from services.tournament.tests.bracket.course import Course, drawn_in, setup_for
from tests.fixtures.examples import examples
from tournament.bracket.facts import NOBODY, BracketSetup, Facts, Outcome
from tournament.bracket.settling import bracket_from_facts

FORMATS: tuple[TournamentFormat, ...] = (
    "single_elimination",
    "double_elimination",
    "round_robin",
    "swiss",
)


@st.composite
def setups(draw: st.DrawFn) -> BracketSetup:
    format_ = draw(st.sampled_from(FORMATS))
    most = 12 if format_ == "round_robin" else 64
    return BracketSetup(
        format=format_,
        entrants=draw(st.integers(2, most)),
        third_place=format_ == "single_elimination" and draw(st.booleans()),
        rounds=draw(st.integers(1, 2 if format_ == "round_robin" else 9)),
    )


seeds = st.integers(0, 2**32)


@given(setups(), seeds)
@settings(max_examples=examples(80))
def test_every_tournament_ends(setup: BracketSetup, seed: int) -> None:
    course = Course(setup, seed)
    for _ in course.play_with_absences():
        pass
    assert course.bracket.over
    assert all(each.outcome is not None for each in course.bracket.pairings)
    assert all(each.place is not None for each in course.bracket.standings)


@pytest.mark.parametrize("format_", ["single_elimination", "double_elimination", "swiss"])
def test_a_tournament_of_1024_ends(format_: TournamentFormat) -> None:
    course = Course(setup_for(format_, 1024, rounds=3))
    course.go(*course.chance.sample(range(1, 1025), 960))
    for _ in course.play_with_absences():
        pass
    assert course.bracket.over
    assert {each.entrant for each in course.bracket.standings} >= {*range(1, 1025)}


@given(setups(), seeds)
@settings(max_examples=examples(40))
def test_the_bracket_is_consistent_at_every_moment(setup: BracketSetup, seed: int) -> None:
    course = Course(setup, seed)
    for bracket in course.play_with_absences():
        numbers = [each.number for each in bracket.pairings]
        assert numbers == list(range(1, len(numbers) + 1))
        for each in bracket.pairings:
            assert each.one != each.other or not each.one
            assert not each.ready or (each.one and each.other and each.outcome is None)
            assert each.outcome is None or each.outcome.winner in {NOBODY, each.one, each.other}
        assert bracket.over or any(each.ready for each in bracket.pairings)
        listed = sorted(each.entrant for each in bracket.standings)
        assert listed == list(range(1, setup.entrants + course.facts.late + 1))


@given(setups(), seeds)
@settings(max_examples=examples(40))
def test_a_withdrawn_player_has_no_further_matches(setup: BracketSetup, seed: int) -> None:
    course = Course(setup, seed)
    for bracket in course.play_with_absences():
        for each in bracket.pairings:
            assert not (each.ready and course.facts.gone & {each.one, each.other})


@given(setups(), seeds, st.integers(0, 100))
@settings(max_examples=examples(40))
def test_the_order_of_facts_does_not_change_the_bracket(
    setup: BracketSetup, seed: int, steps: int
) -> None:
    course = Course(setup, seed)
    for _, _ in zip(range(steps), course.play_with_absences(), strict=False):
        pass
    outcomes = list(course.facts.outcomes.items())
    drawn = list(course.facts.drawn)
    course.chance.shuffle(outcomes)
    course.chance.shuffle(drawn)
    again = replace(course.facts, outcomes=dict(outcomes), drawn=tuple(drawn))
    assert bracket_from_facts(again) == bracket_from_facts(course.facts) == course.bracket


@given(setups(), seeds)
@settings(max_examples=examples(40))
def test_outcomes_remain_unchanged(setup: BracketSetup, seed: int) -> None:
    course = Course(setup, seed)
    before = course.bracket
    for bracket in course.play_with_absences():
        for old, new in zip(before.pairings, bracket.pairings, strict=False):
            assert old.outcome in {None, new.outcome}
            assert old.one in {None, new.one}
            assert old.other in {None, new.other}
        before = bracket


@pytest.mark.parametrize("format_", FORMATS)
def test_outcomes_that_do_not_fit_are_refused(format_: TournamentFormat) -> None:
    course = Course(setup_for(format_, 5))
    for number, outcome in [
        (0, Outcome("decided", 1)),
        (99, Outcome("decided", 1)),
        (course.ready()[0].number, Outcome("decided", 77)),
        (course.ready()[0].number, Outcome("bye", course.ready()[0].one or NOBODY)),
    ]:
        with pytest.raises(ValueError, match="pairing"):
            bracket_from_facts(replace(course.facts, outcomes={number: outcome}))


@pytest.mark.parametrize("format_", ["single_elimination", "double_elimination"])
def test_a_pairing_without_known_players_cannot_be_over(format_: TournamentFormat) -> None:
    facts = Facts(setup=setup_for(format_, 4), outcomes={3: Outcome("decided", 1)})
    with pytest.raises(ValueError, match="pairing 3"):
        bracket_from_facts(facts)


@pytest.mark.parametrize("format_", FORMATS)
def test_two_players_play_one_match(format_: TournamentFormat) -> None:
    course = Course(setup_for(format_, 2))
    assert [(each.one, each.other) for each in course.ready()] == [(1, 2)]
    for _ in course.play_without_absences(favourites=1):
        pass
    assert [(each.entrant, each.place) for each in course.bracket.standings] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("format_", FORMATS)
def test_no_player_wins_if_all_are_absent(format_: TournamentFormat) -> None:
    course = Course(setup_for(format_, 8, rounds=2))
    course.go(*range(1, 9))
    assert course.bracket.over
    assert not any(each.wins for each in course.bracket.standings)
    if format_ in {"single_elimination", "double_elimination"}:
        assert not any(each.place == 1 for each in course.bracket.standings)
    assert drawn_in(course.bracket, course.facts) == course.facts.drawn
    assert all(each.how not in OUTCOMES_BY_RULES_ALONE for each in course.facts.outcomes.values())
