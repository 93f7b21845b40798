"""When keys act."""

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


def test_late_keys_act_at_the_first_tick_that_they_can() -> None:
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


def test_keys_behind_late_ones_wait_for_them() -> None:
    keyboard = Keyboard()
    acts = [
        keyboard.press(tick, keys, next_tick=8, clock=9)
        for tick, keys in ((4, UP), (5, STILL), (8, DOWN))
    ]
    assert acts == [8, 9, 10]


@pytest.mark.parametrize("again", [10, 9, 0])
def test_ticks_rise(again: int) -> None:
    keyboard = Keyboard()
    keyboard.press(10, UP, next_tick=8, clock=10)
    with pytest.raises(Refused) as refused:
        keyboard.press(again, DOWN, next_tick=8, clock=10)
    assert refused.value.code is CloseCode.OUT_OF_ORDER
    assert keyboard.waiting == ((10, UP),)


def test_nobody_presses_two_seconds_ahead() -> None:
    keyboard = Keyboard()
    keyboard.press(10 + FARTHEST_AHEAD, UP, next_tick=8, clock=10)
    with pytest.raises(Refused) as refused:
        keyboard.press(11 + FARTHEST_AHEAD, DOWN, next_tick=8, clock=10)
    assert refused.value.code is CloseCode.OUT_OF_ORDER


def test_what_waits_is_dropped_at_a_pause_and_what_is_held_is_not() -> None:
    keyboard = Keyboard()
    keyboard.press(8, UP, next_tick=8, clock=8)
    keyboard.turn()
    keyboard.press(30, DOWN, next_tick=9, clock=20)
    keyboard.drop_waiting()
    assert (keyboard.held, keyboard.waiting, keyboard.next_change) == (UP, (), NEVER)
    assert keyboard.press(12, DOWN, next_tick=9, clock=10) == 12


def test_another_connection_presses_by_its_own_clock() -> None:
    keyboard = Keyboard()
    keyboard.press(30, UP, next_tick=9, clock=20)
    keyboard.change_hands()
    assert keyboard.press(22, DOWN, next_tick=9, clock=20) == 31
    assert keyboard.waiting == ((30, UP), (31, DOWN))
