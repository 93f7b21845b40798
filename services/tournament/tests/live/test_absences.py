"""Leaving and returning, resigning, and interruptions by the platform."""

import pytest

from demo import wire
from pong.court import LEFT, NOBODY, RIGHT
from services.tournament.tests.live.by_hand import SIDES, MatchByHand
from tournament.live.live_match import ABSENCE_SECONDS, COUNTDOWN_SECONDS, MatchEnding
from tournament.live.protocol import EndReason


@pytest.fixture
def match() -> MatchByHand:
    match = MatchByHand()
    match.begin()
    match.wait(1)
    return match


def test_a_lost_connection_pauses_the_match_and_its_return_starts_a_countdown(
    match: MatchByHand,
) -> None:
    tick = match.live.state.tick
    match.go(LEFT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.AWAY, tick, 1, 0, 1, 2, 3, 30_000)
    match.wait(10)
    assert match.live.state.tick == tick
    match.come(LEFT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.COUNTDOWN, tick, 1, 1, 1, 2, 3, 3_000)
    match.wait(COUNTDOWN_SECONDS)
    assert match.live.state.tick == tick
    match.wait(1)
    assert match.live.state.tick > tick


def test_no_tick_passes_before_the_clock_starts_again_even_if_that_is_noticed_late() -> None:
    match = MatchByHand()
    match.begin()
    match.go(LEFT)
    match.come(LEFT)
    match.ticks += 180 + 20
    match.wait_ticks(1)
    assert match.ears.all(wire.Phase)[-1].phase == wire.PLAYING
    assert match.ears.all(wire.Phase)[-1].tick == 0
    match.wait_ticks(1)
    assert match.clock == 21


def test_a_player_who_stays_away_loses(match: MatchByHand) -> None:
    match.go(LEFT)
    match.wait(ABSENCE_SECONDS)
    assert not match.is_over
    match.wait_ticks(1)
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=RIGHT, forfeited_by=LEFT)


def test_three_absences_are_allowed_and_the_fourth_is_a_forfeit(match: MatchByHand) -> None:
    for left in (2, 1, 0):
        match.go(RIGHT)
        assert match.ears.all(wire.Phase)[-1].right_absences == left
        match.come(RIGHT)
        match.wait(COUNTDOWN_SECONDS + 1)
        assert match.phase == wire.PLAYING
    match.go(RIGHT)
    match.wait_ticks(1)
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=LEFT, forfeited_by=RIGHT)


def test_a_match_without_players_is_void(match: MatchByHand) -> None:
    match.go(LEFT)
    match.wait(5)
    match.go(RIGHT)
    match.wait(26)
    assert not match.is_over, "a forfeit needs the other one to be there"
    match.wait(5)
    assert match.live.ending == MatchEnding(EndReason.VOID, absent=(LEFT, RIGHT))


def test_the_first_to_return_wins_once_the_other_is_overdue(match: MatchByHand) -> None:
    match.go(LEFT)
    match.wait(5)
    match.go(RIGHT)
    match.wait(27)
    match.come(RIGHT)
    match.wait_ticks(1)
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=RIGHT, forfeited_by=LEFT)


def test_both_players_may_be_away_at_once_and_return(match: MatchByHand) -> None:
    match.go(*SIDES)
    match.wait(20)
    match.come(LEFT)
    assert match.phase == wire.AWAY
    match.wait(5)
    match.come(RIGHT)
    match.wait(COUNTDOWN_SECONDS + 1)
    assert match.phase == wire.PLAYING
    assert (match.live.left.absences, match.live.right.absences) == (2, 2)


def test_a_match_left_before_the_first_tick_has_no_winner() -> None:
    match = MatchByHand(absences=(0, 0))
    match.come(*SIDES)
    match.go(LEFT)
    match.wait_ticks(1)
    assert match.live.ending == MatchEnding(EndReason.VOID, absent=(LEFT,))


def test_another_tab_takes_over_without_a_pause(match: MatchByHand) -> None:
    match.come(LEFT)
    match.wait(1)
    assert match.phase == wire.PLAYING
    assert match.live.left.absences == 3


@pytest.mark.parametrize("side", SIDES)
def test_resigning_is_a_forfeit(match: MatchByHand, side: int) -> None:
    match.resign(side)
    other = LEFT + RIGHT - side
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=other, forfeited_by=side)
    [end] = wire.split_frame(match.live.end_message())
    assert isinstance(end, wire.End)
    assert (end.reason, end.winner) == (wire.FORFEIT, other)


def test_resigning_before_the_first_tick_makes_the_match_void() -> None:
    match = MatchByHand()
    match.come(LEFT)
    match.resign(LEFT)
    assert match.live.ending == MatchEnding(EndReason.VOID, absent=(LEFT,))
    [end] = wire.split_frame(match.live.end_message())
    assert isinstance(end, wire.End)
    assert (end.reason, end.winner) == (wire.VOID, NOBODY)


def test_the_first_resignation_decides(match: MatchByHand) -> None:
    match.resign(LEFT)
    match.resign(RIGHT)
    match.resign(LEFT)
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=RIGHT, forfeited_by=LEFT)


def test_a_player_may_resign_while_the_other_is_away(match: MatchByHand) -> None:
    match.go(LEFT)
    match.resign(RIGHT)
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=LEFT, forfeited_by=RIGHT)


def test_an_interruption_by_the_platform_costs_no_absence(match: MatchByHand) -> None:
    tick = match.live.state.tick
    match.live.suspend(match.now)
    match.live.suspend(match.now)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.SUSPENDED, tick, 1, 1, 1, 3, 3, 0)
    match.wait(20)
    match.go(LEFT)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.SUSPENDED, tick, 1, 0, 1, 3, 3, 0)
    match.wait(60)
    match.live.resume(match.now)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.AWAY, tick, 1, 0, 1, 3, 3, 30_000)
    match.wait(10)
    match.come(LEFT)
    match.wait(COUNTDOWN_SECONDS)
    assert (match.live.state.tick, match.live.left.absences) == (tick, 3)
    match.wait(1)
    assert match.phase == wire.PLAYING


def test_a_player_who_returns_during_an_interruption_is_present_afterwards(
    match: MatchByHand,
) -> None:
    match.live.suspend(match.now)
    match.go(RIGHT)
    match.come(RIGHT)
    assert match.ears.all(wire.Phase)[-1][3:5] == (1, 1)
    match.live.resume(match.now)
    assert match.phase == wire.COUNTDOWN
    assert match.live.right.absences == 3


def test_an_interruption_restarts_the_waiting_for_a_player() -> None:
    match = MatchByHand()
    match.come(LEFT)
    match.wait(50)
    match.live.suspend(match.now)
    match.wait(60)
    match.live.resume(match.now)
    assert match.ears.all(wire.Phase)[-1] == wire.Phase(wire.WAITING, 0, 0, 1, 0, 3, 3, 60_000)


def test_an_interruption_restarts_the_half_minute_of_an_absent_player(match: MatchByHand) -> None:
    match.go(LEFT)
    match.wait(29)
    match.live.suspend(match.now)
    match.wait(10)
    match.live.resume(match.now)
    match.wait(29)
    assert not match.is_over
    match.wait(1.5)
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=RIGHT, forfeited_by=LEFT)


def test_a_finished_match_cannot_be_interrupted(match: MatchByHand) -> None:
    match.resign(LEFT)
    match.live.suspend(match.now)
    match.live.resume(match.now)
    match.go(RIGHT)
    match.come(RIGHT)
    match.wait(40)
    assert match.phase == wire.OVER
    assert match.live.ending == MatchEnding(EndReason.FORFEIT, winner=RIGHT, forfeited_by=LEFT)
