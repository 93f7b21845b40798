"""Key presses in a match: in time, late, refused, and reported to other clients."""

import pytest

from demo import wire
from pong.court import DOWN, LEFT, NOBODY, RIGHT, STILL, UP
from pong.engine import State
from services.tournament.tests.live.by_hand import MatchByHand
from tournament.live.live_match import MatchEnding
from tournament.live.protocol import CloseCode, EndReason, MessageRefused


@pytest.fixture
def match() -> MatchByHand:
    match = MatchByHand()
    match.begin()
    match.wait(1)
    return match


def test_keys_in_time_act_at_their_tick_and_are_sent_to_all_others_at_once(
    match: MatchByHand,
) -> None:
    tick = match.clock
    match.press(LEFT, tick, UP)
    for who in (NOBODY, RIGHT):
        assert match.ears.heard[who][-1] == wire.Keys(tick, LEFT, UP)
    assert match.ears.all(wire.Keys, LEFT) == []
    assert match.ears.all(wire.Late, LEFT) == []
    match.wait_ticks(5)
    assert match.live.key_changes == [(tick, UP, STILL)]


def test_late_keys_act_later_and_only_their_sender_is_told(
    match: MatchByHand,
) -> None:
    asked, acts = match.live.state.tick - 5, match.live.state.tick
    match.press(RIGHT, asked, DOWN)
    assert match.ears.heard[RIGHT][-1] == wire.Late(asked, acts, DOWN)
    assert match.ears.all(wire.Keys, RIGHT) == []
    assert match.ears.heard[LEFT][-1] == wire.Keys(acts, RIGHT, DOWN)
    assert match.ears.heard[NOBODY][-1] == wire.Keys(acts, RIGHT, DOWN)
    match.wait_ticks(5)
    assert match.live.key_changes == [(acts, STILL, DOWN)]
    assert match.live.right.keyboard.late == 1
    assert match.live.left.keyboard.late == 0


def test_a_late_tap_is_late_and_not_lost(match: MatchByHand) -> None:
    acts = match.live.state.tick
    match.press(LEFT, acts - 3, UP)
    match.press(LEFT, acts - 2, STILL)
    match.wait_ticks(5)
    assert match.live.key_changes == [(acts, UP, STILL), (acts + 1, STILL, STILL)]


def test_both_players_may_press_in_one_tick(match: MatchByHand) -> None:
    tick = match.clock
    match.press(LEFT, tick, UP)
    match.press(RIGHT, tick, DOWN)
    match.wait_ticks(5)
    assert match.live.key_changes == [(tick, UP, DOWN)]


def test_repeated_keys_are_not_logged(match: MatchByHand) -> None:
    match.press(LEFT, match.clock, STILL)
    match.wait_ticks(5)
    assert match.live.key_changes == []


@pytest.mark.parametrize("ahead", [121, 2**31, 2**32 - 1])
def test_keys_too_far_ahead_are_refused_and_do_not_act(match: MatchByHand, ahead: int) -> None:
    tick = min(match.clock + ahead + 1, 2**32 - 1)
    with pytest.raises(MessageRefused) as refused:
        match.press(LEFT, tick, UP)
    assert refused.value.code is CloseCode.OUT_OF_ORDER
    assert match.ears.all(wire.Keys) == []


def test_keys_out_of_order_are_refused_and_earlier_ones_remain(match: MatchByHand) -> None:
    tick = match.clock
    match.press(LEFT, tick, UP)
    with pytest.raises(MessageRefused) as refused:
        match.press(LEFT, tick, DOWN)
    assert refused.value.code is CloseCode.OUT_OF_ORDER
    match.wait_ticks(5)
    assert match.live.key_changes == [(tick, UP, STILL)]


def test_keys_long_before_the_first_tick_are_ignored() -> None:
    match = MatchByHand()
    match.come(LEFT, RIGHT)
    match.press(LEFT, 0, UP)
    match.wait(4)
    assert match.live.key_changes == []


def test_keys_at_the_first_tick_count_even_in_the_countdown() -> None:
    match = MatchByHand()
    match.come(LEFT, RIGHT)
    match.wait(3)
    assert match.phase == wire.COUNTDOWN
    match.press(LEFT, 0, UP)
    match.wait(1)
    assert match.live.key_changes == [(0, UP, STILL)]


def test_pending_keys_are_dropped_at_a_pause(match: MatchByHand) -> None:
    match.press(LEFT, match.clock + 50, UP)
    match.go(RIGHT)
    for who in (NOBODY, LEFT):
        snapshot, phase = match.ears.heard[who][-2:]
        assert isinstance(snapshot, wire.Snapshot)
        assert isinstance(phase, wire.Phase)
        assert (snapshot.left_keys, phase.phase) == (STILL, wire.AWAY)
    match.come(RIGHT)
    match.wait(6)
    assert match.live.key_changes == []


def test_another_tab_may_press_an_earlier_tick_than_the_previous_one(match: MatchByHand) -> None:
    tick = match.clock
    match.press(LEFT, tick + 3, UP)
    match.come(LEFT)
    match.press(LEFT, tick + 1, STILL)
    match.wait_ticks(10)
    assert match.live.key_changes == [(tick + 3, UP, STILL), (tick + 4, STILL, STILL)]


def test_the_last_point_ends_the_match() -> None:
    match = MatchByHand()
    match.begin()
    match.press(LEFT, match.clock, UP)
    match.press(RIGHT, match.clock, UP)
    match.wait(60)
    state, ending = match.live.state, match.live.ending
    assert ending is not None
    assert ending.reason is EndReason.POINTS
    assert ending.winner == state.winner != NOBODY
    assert match.ears.all(wire.Phase)[-1].phase == wire.OVER
    [end] = wire.split_frame(match.live.end_message())
    assert isinstance(end, wire.End)
    assert (end.reason, end.winner, end.tick) == (wire.POINTS, state.winner, state.tick)
    assert (end.left_score, end.right_score) == (state.left_score, state.right_score)
    match.wait(1)
    match.press(LEFT, state.tick + 1, DOWN)
    assert match.live.state.tick == end.tick


def test_a_match_that_reaches_the_longest_duration_is_void(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tournament.live.live_match.MAX_TICKS", 100)
    match = MatchByHand()
    match.begin()
    match.wait(2)
    assert match.live.ending == MatchEnding(EndReason.VOID)
    assert match.live.state.tick == 100


def test_a_state_can_be_restored_from_its_snapshot(match: MatchByHand) -> None:
    match.press(LEFT, match.clock, UP)
    match.wait(20)
    snapshot = next(each for each in match.introduction() if isinstance(each, wire.Snapshot))
    assert snapshot.left_keys == UP
    assert isinstance(wire.state_of(snapshot), State)
    assert wire.state_of(snapshot) == match.live.state
