"""The consequences of correcting an outcome."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tournament.tournaments import OUTCOMES_BY_RULES_ALONE, TournamentFormat
from services.tournament.tests.bracket.course import Course, players_of, setup_for, won_by
from tests.fixtures.examples import examples
from tournament.bracket.correction import LaterPairingBegun, facts_after_correction
from tournament.bracket.facts import NOBODY, DrawnPairing, Facts, Outcome
from tournament.bracket.settling import bracket_from_facts

ELIMINATIONS: tuple[TournamentFormat, ...] = ("single_elimination", "double_elimination")
FORMATS: tuple[TournamentFormat, ...] = get_args(TournamentFormat)


def begun(format_: TournamentFormat, entrants: int, *winners: int, rounds: int = 1) -> Course:
    """Return a tournament whose first pairings were won by these players, one after another."""
    course = Course(setup_for(format_, entrants, rounds=rounds))
    for winner in winners:
        match = next(each for each in course.ready() if winner in players_of(each))
        course.report(match.number, won_by(match, winner))
    return course


@pytest.mark.parametrize("format_", ELIMINATIONS)
def test_the_other_player_advances(format_: TournamentFormat) -> None:
    course = begun(format_, 4, 1, 2)
    bracket = bracket_from_facts(
        facts_after_correction(course.facts, 1, Outcome("decided", 4), begun=())
    )
    assert bracket.pairings[0].outcome == Outcome("decided", 4)
    assert (bracket.pairings[2].one, bracket.pairings[2].other) == (4, 2)


def test_in_double_elimination_the_other_player_drops() -> None:
    course = begun("double_elimination", 4, 1, 2)
    bracket = bracket_from_facts(
        facts_after_correction(course.facts, 1, Outcome("decided", 4), begun=())
    )
    assert (bracket.pairings[3].section, bracket.pairings[3].one) == ("losers", 1)


@pytest.mark.parametrize("format_", ELIMINATIONS)
def test_a_correction_is_refused_if_a_following_match_was_played(format_: TournamentFormat) -> None:
    course = begun(format_, 4, 1, 2, 1)
    with pytest.raises(LaterPairingBegun) as refused:
        facts_after_correction(course.facts, 1, Outcome("decided", 4), begun=())
    assert refused.value.numbers == (3,)


@pytest.mark.parametrize("format_", ELIMINATIONS)
def test_a_correction_is_refused_if_a_following_match_is_being_played(
    format_: TournamentFormat,
) -> None:
    course = begun(format_, 4, 1, 2)
    with pytest.raises(LaterPairingBegun) as refused:
        facts_after_correction(course.facts, 1, Outcome("decided", 4), begun={3})
    assert refused.value.numbers == (3,)


def test_matches_in_other_parts_of_the_bracket_do_not_matter() -> None:
    course = begun("single_elimination", 8, 1, 4, 2, 3, 2)
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 8), begun=())
    assert corrected.outcomes[6].winner == 2
    with pytest.raises(LaterPairingBegun):
        facts_after_correction(course.facts, 3, Outcome("decided", 7), begun=())


def test_forfeits_and_decisions_that_followed_are_reverted() -> None:
    course = begun("single_elimination", 8, 1, 4, 2, 3)
    course.report(5, Outcome("forfeit", 1))
    course.report(6, Outcome("decided", 2))
    course.report(7, Outcome("forfeit", 1))
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 8), begun=())
    assert sorted(corrected.outcomes) == [1, 2, 3, 4, 6]
    bracket = bracket_from_facts(corrected)
    assert [(each.one, each.other) for each in bracket.pairings[4:]] == [(8, 4), (2, 3), (None, 2)]


def test_a_double_forfeit_can_be_corrected_to_a_win_and_back() -> None:
    course = begun("single_elimination", 4, 2)
    course.report(1, Outcome("double_forfeit"))
    assert course.bracket.over
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 1), begun=())
    assert [each.number for each in bracket_from_facts(corrected).pairings if each.ready] == [3]
    again = facts_after_correction(corrected, 1, Outcome("decided", NOBODY), begun=())
    assert bracket_from_facts(again).pairings[2].outcome == Outcome("bye", 2)


def test_the_second_final_depends_on_the_first() -> None:
    course = begun("double_elimination", 2, 1, 1)
    assert course.bracket.over
    corrected = facts_after_correction(course.facts, 2, Outcome("decided", 2), begun=())
    assert [each.number for each in bracket_from_facts(corrected).pairings if each.ready] == [3]
    assert bracket_from_facts(
        facts_after_correction(corrected, 2, Outcome("decided", 1), begun=())
    ).over
    with pytest.raises(LaterPairingBegun):
        facts_after_correction(corrected, 2, Outcome("decided", 1), begun={3})


def test_the_same_winner_changes_nothing_else() -> None:
    course = begun("single_elimination", 4, 1, 2, 1)
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 1), begun=())
    assert corrected.outcomes == {**course.facts.outcomes, 1: Outcome("decided", 1)}


def test_in_a_round_robin_a_correction_has_no_consequences() -> None:
    course = begun("round_robin", 4, 1, 2, 1, 2, 1, 3)
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 4), begun=())
    assert corrected.outcomes == {**course.facts.outcomes, 1: Outcome("decided", 4)}


def test_in_swiss_the_following_rounds_are_drawn_again() -> None:
    course = begun("swiss", 4, 1, 2, rounds=3)
    assert [(each.one, each.other) for each in course.ready()] == [(1, 2), (3, 4)]
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 3), begun=())
    assert corrected.drawn == course.facts.drawn[:2]
    ready = [
        (each.one, each.other) for each in bracket_from_facts(corrected).pairings if each.ready
    ]
    assert ready == [(2, 3), (1, 4)]


@pytest.mark.parametrize("in_play", [True, False])
def test_in_swiss_any_match_of_a_later_round_forbids_a_correction(in_play: bool) -> None:
    course = begun("swiss", 4, 1, 2, *([] if in_play else [3]), rounds=3)
    with pytest.raises(LaterPairingBegun) as refused:
        facts_after_correction(course.facts, 1, Outcome("decided", 3), begun={4} if in_play else ())
    assert refused.value.numbers == (4,)


def test_in_swiss_the_same_winner_reverts_no_round() -> None:
    course = begun("swiss", 4, 1, 2, 1, rounds=3)
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 1), begun={4})
    assert corrected.drawn == course.facts.drawn
    assert corrected.outcomes == {**course.facts.outcomes, 1: Outcome("decided", 1)}


def test_in_swiss_forfeits_of_later_rounds_do_not_forbid_a_correction() -> None:
    course = begun("swiss", 4, 1, 2, rounds=3)
    course.report(3, Outcome("forfeit", 1))
    corrected = facts_after_correction(course.facts, 1, Outcome("decided", 3), begun=())
    assert sorted(corrected.outcomes) == [1, 2]


@pytest.mark.parametrize("format_", FORMATS)
def test_corrections_that_do_not_fit_are_refused(format_: TournamentFormat) -> None:
    course = begun(format_, 5)
    match = course.ready()[0]
    with pytest.raises(ValueError, match="not over"):
        facts_after_correction(
            course.facts, match.number, Outcome("decided", match.one or 0), begun=()
        )
    with pytest.raises(ValueError, match="not over"):
        facts_after_correction(course.facts, 99, Outcome("decided", 1), begun=())
    course.report(match.number, won_by(match, match.one or 0))
    with pytest.raises(ValueError, match="is not in"):
        facts_after_correction(course.facts, match.number, Outcome("decided", 77), begun=())


def test_a_bye_cannot_be_corrected() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        facts_after_correction(
            begun("single_elimination", 3).facts, 1, Outcome("decided", 1), begun=()
        )


@given(st.sampled_from(ELIMINATIONS), st.integers(2, 24), st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=examples(80))
def test_a_correction_equals_the_right_outcome_from_the_start(
    format_: TournamentFormat, entrants: int, seed: int, steps: int
) -> None:
    """Play with the wrong outcome as long as nothing follows from it, and in
    parallel with the right one."""
    course = Course(setup_for(format_, entrants), seed)
    for _, _ in zip(range(steps), course.play_with_absences(), strict=False):
        pass
    over = [each for each in course.bracket.pairings if each.number in course.facts.outcomes]
    if not over:
        return
    wrong = course.chance.choice(over)
    right = Outcome("decided", course.chance.choice([NOBODY, *players_of(wrong)]))
    replay = replayed(course.facts, wrong.number, right)
    taken_back = course.facts.outcomes.keys() - replay.outcomes.keys()
    if played := [at for at in sorted(taken_back) if course.facts.outcomes[at].how == "played"]:
        with pytest.raises(LaterPairingBegun) as refused:
            facts_after_correction(course.facts, wrong.number, right, begun=())
        assert refused.value.numbers == tuple(played)
    else:
        corrected = facts_after_correction(course.facts, wrong.number, right, begun=())
        assert bracket_from_facts(corrected) == bracket_from_facts(replay)


def replayed(facts: Facts, number: int, right: Outcome) -> Facts:
    """Replay all facts from the start, except outcomes of players who no longer meet."""
    told = {each.number: each for each in bracket_from_facts(facts).pairings}
    outcomes: dict[int, Outcome] = {}
    for at in sorted(facts.outcomes):
        now = bracket_from_facts(
            Facts(setup=facts.setup, outcomes=outcomes, gone=facts.gone)
        ).pairings[at - 1]
        if (now.one, now.other) == (told[at].one, told[at].other):
            outcomes[at] = right if at == number else facts.outcomes[at]
    return Facts(setup=facts.setup, outcomes=outcomes, gone=facts.gone)


@given(st.integers(2, 24), st.integers(0, 2**32))
@settings(max_examples=examples(40))
def test_swiss_rounds_are_drawn_as_with_the_right_outcome_from_the_start(
    entrants: int, seed: int
) -> None:
    course = Course(setup_for("swiss", entrants, rounds=3), seed)
    first_round = [each.number for each in course.bracket.pairings]
    for bracket in course.play_without_absences():
        if bracket.round > 1:
            break
    wrong = course.bracket.pairings[0]
    right = Outcome("decided", wrong.other or 0)
    told = {at: course.facts.outcomes[at] for at in first_round if at in course.facts.outcomes}
    drawn: tuple[DrawnPairing, ...] = course.facts.drawn[: len(first_round)]
    from_the_start = Facts(setup=course.facts.setup, outcomes={**told, 1: right}, drawn=drawn)
    corrected = facts_after_correction(course.facts, 1, right, begun=())
    assert bracket_from_facts(corrected) == bracket_from_facts(from_the_start)
    assert not any(each.how in OUTCOMES_BY_RULES_ALONE for each in corrected.outcomes.values())
