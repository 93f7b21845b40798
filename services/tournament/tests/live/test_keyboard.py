"""The ticks at which key presses take effect."""

import pytest

from pong.court import DOWN, STILL, UP
from tournament.live.keyboard import FARTHEST_AHEAD, NEVER, Keyboard
from tournament.live.protocol import CloseCode, Refused


def test_keys_in_time_act_at_their_tick() -> None:
    keyboard = Keyboard()
    assert keyboard.press(10, UP, next_tick=8, clock=10) == 10
    assert (keyboard.held, keyboard.next_change, keyboard.late) == (STILL, 10, 0)
    keyboard.turn()
    assert (keyboard.held, keyboard.next_change) == (UP, NEVER)


def test_late_keys_act_at_the_next_possible_tick() -> None:
    keyboard = Keyboard()
    assert keyboard.press(5, DOWN, next_tick=8, clock=9) == 8
    assert keyboard.late == 1


def test_a_late_tap_takes_two_ticks() -> None:
    keyboard = Keyboard()
    pressed = [
        keyboard.press(tick, keys, next_tick=8, clock=9) for tick, keys in ((4, UP), (5, STILL))
    ]
    assert pressed == [8, 9]
    assert keyboard.waiting == ((8, UP), (9, STILL))
    assert keyboard.late == 2


def test_keys_after_late_ones_wait_for_them() -> None:
    keyboard = Keyboard()
    acts = [
        keyboard.press(tick, keys, next_tick=8, clock=9)
        for tick, keys in ((4, UP), (5, STILL), (8, DOWN))
    ]
    assert acts == [8, 9, 10]


@pytest.mark.parametrize("again", [10, 9, 0])
def test_ticks_must_increase(again: int) -> None:
    keyboard = Keyboard()
    keyboard.press(10, UP, next_tick=8, clock=10)
    with pytest.raises(Refused) as refused:
        keyboard.press(again, DOWN, next_tick=8, clock=10)
    assert refused.value.code is CloseCode.OUT_OF_ORDER
    assert keyboard.waiting == ((10, UP),)


def test_keys_more_than_two_seconds_ahead_are_refused() -> None:
    keyboard = Keyboard()
    keyboard.press(10 + FARTHEST_AHEAD, UP, next_tick=8, clock=10)
    with pytest.raises(Refused) as refused:
        keyboard.press(11 + FARTHEST_AHEAD, DOWN, next_tick=8, clock=10)
    assert refused.value.code is CloseCode.OUT_OF_ORDER


def test_waiting_keys_are_dropped_at_a_pause_and_held_ones_are_not() -> None:
    keyboard = Keyboard()
    keyboard.press(8, UP, next_tick=8, clock=8)
    keyboard.turn()
    keyboard.press(30, DOWN, next_tick=9, clock=20)
    keyboard.drop_waiting()
    assert (keyboard.held, keyboard.waiting, keyboard.next_change) == (UP, (), NEVER)
    assert keyboard.press(12, DOWN, next_tick=9, clock=10) == 12


def test_a_new_connection_may_press_earlier_ticks() -> None:
    keyboard = Keyboard()
    keyboard.press(30, UP, next_tick=9, clock=20)
    keyboard.change_hands()
    assert keyboard.press(22, DOWN, next_tick=9, clock=20) == 31
    assert keyboard.waiting == ((30, UP), (31, DOWN))
