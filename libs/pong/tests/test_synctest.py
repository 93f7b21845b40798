"""A synctest as in GGPO: at every tick the match is rolled back and
replayed, with the same result."""

from collections import deque
from collections.abc import Callable
from itertools import accumulate, repeat

import pytest

from pong.engine import State, copy_match, digest, new_match, step
from pong.prng import advance_rng, random_below

TICKS = 2000
DEEPEST = 12
LONGEST_HELD = 40

Keys = tuple[int, int]


@pytest.mark.parametrize("depth", range(1, DEEPEST + 1))
def test_a_replay_from_earlier_ticks_reaches_the_same_state(depth: int) -> None:
    keys = random_keys(depth)
    state = new_match(depth * 7919, 21)
    kept = deque([copy_match(state)], maxlen=depth + 1)
    for left, right in keys:
        step(state, left, right)
        kept.append(copy_match(state))
        assert digest(played_on(kept[0], keys, state.tick)) == digest(state)


def test_wrong_keys_leave_no_trace_after_a_rollback() -> None:
    keys = random_keys(99)
    state = new_match(99, 21)
    for tick in range(TICKS - DEEPEST):
        guessed = copy_match(state)
        for _ in range(DEEPEST):
            step(guessed, -keys[tick][0], keys[tick][1] or 1)
        before = digest(state)
        assert digest(played_on(state, keys, tick)) == before
        step(state, *keys[tick])
    assert digest(state) == digest(played_on(new_match(99, 21), keys, state.tick))


def played_on(state: State, keys: list[Keys], until: int) -> State:
    again = copy_match(state)
    for left, right in keys[again.tick : until]:
        step(again, left, right)
    return again


def random_keys(seed: int) -> list[Keys]:
    chance, keys = chance_from(seed), list[Keys]()
    while len(keys) < TICKS:
        held = (chance(3) - 1, chance(3) - 1)
        keys += [held] * (1 + chance(LONGEST_HELD))
    return keys[:TICKS]


def chance_from(seed: int) -> Callable[[int], int]:
    states = accumulate(repeat(0), lambda rng, _: advance_rng(rng), initial=seed)
    return lambda count: random_below(next(states), count)
