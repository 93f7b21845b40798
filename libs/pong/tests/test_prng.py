"""The random number generator, compared with its published parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pong.prng import GOLDEN_STEP, advance_rng, random_below, scramble_rng


@pytest.mark.parametrize(
    ("word", "value"),
    [(0, 0), (1, 0x514E28B7), (2, 0x30F4C306), (0xFFFFFFFF, 0x81F16F39)],
)
def test_scramble_is_the_murmur_finaliser(word: int, value: int) -> None:
    assert scramble_rng(word) == value


def test_the_state_advances_by_the_golden_ratio() -> None:
    assert advance_rng(0) == GOLDEN_STEP == round(2**32 * (5**0.5 - 1) / 2)
    assert advance_rng(0xFFFFFFFF) == GOLDEN_STEP - 1


@given(rng=st.integers(0, 2**32 - 1), count=st.integers(1, 2**20))
def test_picks_are_below_their_count(rng: int, count: int) -> None:
    assert 0 <= random_below(rng, count) < count


def test_picks_are_uniform() -> None:
    rng, found = 0, [0] * 6
    for _ in range(60_000):
        rng = advance_rng(rng)
        found[random_below(rng, 6)] += 1
    assert all(9_600 < times < 10_400 for times in found)
