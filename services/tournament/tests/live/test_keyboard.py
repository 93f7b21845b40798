"""The ticks at which key presses take effect."""

import pytest

from pong.court import DOWN, STILL, UP
from tournament.live.keyboard import MOST_TICKS_AHEAD, NEVER_TICK, PlayerKeys
from tournament.live.protocol import CloseCode, MessageRefused


def test_keys_in_time_act_at_their_tick() -> None:
    keyboard = PlayerKeys()
    assert keyboard.queue_keys(10, UP, next_tick=8, clock=10) == 10
    assert (keyboard.held, keyboard.next_change, keyboard.late) == (STILL, 10, 0)
    keyboard.apply_queued_keys()
    assert (keyboard.held, keyboard.next_change) == (UP, NEVER_TICK)


def test_late_keys_act_at_the_next_possible_tick() -> None:
    keyboard = PlayerKeys()
    assert keyboard.queue_keys(5, DOWN, next_tick=8, clock=9) == 8
    assert keyboard.late == 1


def test_a_late_tap_takes_two_ticks() -> None:
    keyboard = PlayerKeys()
    pressed = [
        keyboard.queue_keys(tick, keys, next_tick=8, clock=9)
        for tick, keys in ((4, UP), (5, STILL))
    ]
    assert pressed == [8, 9]
    assert keyboard.queued == ((8, UP), (9, STILL))
    assert keyboard.late == 2


def test_keys_after_late_ones_wait_for_them() -> None:
    keyboard = PlayerKeys()
    acts = [
        keyboard.queue_keys(tick, keys, next_tick=8, clock=9)
        for tick, keys in ((4, UP), (5, STILL), (8, DOWN))
    ]
    assert acts == [8, 9, 10]


@pytest.mark.parametrize("again", [10, 9, 0])
def test_ticks_must_increase(again: int) -> None:
    keyboard = PlayerKeys()
    keyboard.queue_keys(10, UP, next_tick=8, clock=10)
    with pytest.raises(MessageRefused) as refused:
        keyboard.queue_keys(again, DOWN, next_tick=8, clock=10)
    assert refused.value.code is CloseCode.OUT_OF_ORDER
    assert keyboard.queued == ((10, UP),)


def test_keys_more_than_two_seconds_ahead_are_refused() -> None:
    keyboard = PlayerKeys()
    keyboard.queue_keys(10 + MOST_TICKS_AHEAD, UP, next_tick=8, clock=10)
    with pytest.raises(MessageRefused) as refused:
        keyboard.queue_keys(11 + MOST_TICKS_AHEAD, DOWN, next_tick=8, clock=10)
    assert refused.value.code is CloseCode.OUT_OF_ORDER


def test_waiting_keys_are_dropped_at_a_pause_and_held_ones_are_not() -> None:
    keyboard = PlayerKeys()
    keyboard.queue_keys(8, UP, next_tick=8, clock=8)
    keyboard.apply_queued_keys()
    keyboard.queue_keys(30, DOWN, next_tick=9, clock=20)
    keyboard.discard_queued()
    assert (keyboard.held, keyboard.queued, keyboard.next_change) == (UP, (), NEVER_TICK)
    assert keyboard.queue_keys(12, DOWN, next_tick=9, clock=10) == 12


def test_a_new_connection_may_press_earlier_ticks() -> None:
    keyboard = PlayerKeys()
    keyboard.queue_keys(30, UP, next_tick=9, clock=20)
    keyboard.accept_new_connection()
    assert keyboard.queue_keys(22, DOWN, next_tick=9, clock=20) == 31
    assert keyboard.queued == ((30, UP), (31, DOWN))
