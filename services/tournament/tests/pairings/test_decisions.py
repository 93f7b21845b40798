"""The outcome of a pairing after a finished match or an expired call. No database is used."""

import pytest

from pong.court import LEFT, RIGHT
from tournament.bracket.facts import Outcome
from tournament.pairings.decisions import (
    MOST_MATCHES_WITHOUT_RESULT,
    EndedMatch,
    decide_ended_match,
    decide_expired_call,
)
from tournament.pairings.models import CALLED, PLAYING
from tournament.pairings.rows import PairingRow
from transcendence_common.ids import new_id

ONE, OTHER = 4, 9
ROW = PairingRow(3, "winners", 1, ONE, OTHER, PLAYING, match_id=new_id())
CALL = ROW._replace(state=CALLED, match_id=None)
AGAIN = None


def ended(
    winner: int | None,
    *,
    left_is_one: bool = True,
    forfeited: bool = False,
    absent: tuple[int, ...] = (),
) -> EndedMatch:
    return EndedMatch(left_is_one, winner, forfeited, 5, 2, LEFT in absent, RIGHT in absent)


@pytest.mark.parametrize(
    ("match", "outcome"),
    [
        (ended(LEFT), Outcome("played", ONE, 5, 2)),
        (ended(LEFT, left_is_one=False), Outcome("played", OTHER, 2, 5)),
        (ended(RIGHT, forfeited=True), Outcome("forfeit", OTHER, 5, 2)),
        (ended(RIGHT, left_is_one=False, forfeited=True), Outcome("forfeit", ONE, 2, 5)),
    ],
)
def test_a_match_with_a_winner_decides(match: EndedMatch, outcome: Outcome) -> None:
    decision = decide_ended_match(ROW, match)
    assert (decision.outcome, decision.absent) == (outcome, ())


@pytest.mark.parametrize(
    ("left_is_one", "absent", "outcome", "seeds"),
    [
        (True, (LEFT,), Outcome("forfeit", OTHER), (ONE,)),
        (True, (RIGHT,), Outcome("forfeit", ONE), (OTHER,)),
        (False, (LEFT,), Outcome("forfeit", ONE), (OTHER,)),
        (False, (RIGHT,), Outcome("forfeit", OTHER), (ONE,)),
        (True, (LEFT, RIGHT), Outcome("double_forfeit"), (ONE, OTHER)),
        (True, (), AGAIN, ()),
    ],
)
def test_a_void_match_counts_against_the_absent_players(
    left_is_one: bool,
    absent: tuple[int, ...],
    outcome: Outcome | None,
    seeds: tuple[int, ...],
) -> None:
    decision = decide_ended_match(ROW, ended(None, left_is_one=left_is_one, absent=absent))
    assert (decision.outcome, decision.absent) == (outcome, seeds)


def test_a_pairing_whose_match_is_missing_is_called_again() -> None:
    assert decide_ended_match(ROW, None).outcome is AGAIN


def test_a_pairing_is_called_a_limited_number_of_times_and_then_has_no_winner() -> None:
    for attempts in range(MOST_MATCHES_WITHOUT_RESULT):
        assert decide_ended_match(ROW._replace(attempts=attempts), ended(None)).outcome is AGAIN
    last = decide_ended_match(ROW._replace(attempts=MOST_MATCHES_WITHOUT_RESULT), ended(None))
    assert (last.outcome, last.absent) == (Outcome("double_forfeit"), ())


@pytest.mark.parametrize(
    ("ready", "outcome", "seeds"),
    [
        ((True, False), Outcome("forfeit", ONE), (OTHER,)),
        ((False, True), Outcome("forfeit", OTHER), (ONE,)),
        ((False, False), Outcome("double_forfeit"), (ONE, OTHER)),
    ],
)
def test_a_player_who_does_not_answer_a_call_forfeits(
    ready: tuple[bool, bool], outcome: Outcome, seeds: tuple[int, ...]
) -> None:
    decision = decide_expired_call(CALL._replace(one_ready=ready[0], other_ready=ready[1]))
    assert (decision.outcome, decision.absent) == (outcome, seeds)
