"""The computer follows its rules, and its levels differ in strength."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pong import scripted
from pong.ai import LEVELS, TICKS_BETWEEN_LOOKS, choose_key, new_ai, ticks_with_same_key
from pong.court import LEFT, RIGHT
from pong.engine import BadSettings, State, new_match, step
from tests.fixtures.examples import examples

LEVEL = st.sampled_from(LEVELS)
SEED = st.integers(0, 2**32 - 1)
KEY = st.sampled_from([-1, 0, 1])
REPLAY_SEED_STEP = 7919
"""A prime step, so that the seeds of a tournament are not consecutive."""


@pytest.mark.parametrize("level", ["", "impossible", "EASY"])
def test_an_unknown_level_is_refused(level: str) -> None:
    with pytest.raises(BadSettings, match="level cannot be"):
        new_ai(level, 1, RIGHT)


def test_the_computer_plays_one_of_two_sides() -> None:
    with pytest.raises(BadSettings, match="side cannot be"):
        new_ai("easy", 1, 0)


@settings(max_examples=examples(60))
@given(level=LEVEL, seed=SEED, keys=st.lists(KEY, min_size=20, max_size=60))
def test_the_computer_sees_nothing_between_two_looks(
    level: str, seed: int, keys: list[int]
) -> None:
    """All state except its own paddle and the clock is replaced by nonsense without any effect."""
    state, seeing, blind = (
        new_match(seed, 3),
        new_ai(level, seed, RIGHT),
        new_ai(level, seed, RIGHT),
    )
    last_look = -TICKS_BETWEEN_LOOKS
    for key in keys:
        for _ in range(20):
            looks = state.tick >= blind.next_look
            shown = state if looks else nonsense(state)
            assert choose_key(blind, shown) == choose_key(seeing, state)
            assert blind == seeing
            if looks:
                assert state.tick - last_look >= TICKS_BETWEEN_LOOKS
                last_look = state.tick
            step(state, key, choose_key(seeing, state))


def nonsense(state: State) -> State:
    return replace(
        new_match(99, 21), tick=state.tick, right_y=state.right_y, ball_vx=777, left_score=20
    )


@settings(max_examples=examples(60))
@given(level=LEVEL, seed=SEED, keys=st.lists(KEY, min_size=20, max_size=60))
def test_steady_ticks_are_steady(level: str, seed: int, keys: list[int]) -> None:
    state, ai = new_match(seed, 3), new_ai(level, seed, RIGHT)
    held, steady_until = 0, 0
    for key in keys:
        for _ in range(20):
            pressed = choose_key(ai, state)
            assert pressed in {-1, 0, 1}
            if state.tick < steady_until:
                assert pressed == held
            else:
                held, steady_until = pressed, state.tick + ticks_with_same_key(ai, state)
                assert steady_until > state.tick or state.winner
            step(state, key, pressed)


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_seed_plays_the_same_match(level: str) -> None:
    matches = [
        scripted.play_match("ai", level, 5, 3, scripted.HumanLikePlayer(LEFT, 1))[0]
        for _ in range(2)
    ]
    assert matches[0] == matches[1]
    other = scripted.play_match("ai", level, 6, 3, scripted.HumanLikePlayer(LEFT, 1))[0]
    assert other != matches[0]


@pytest.mark.parametrize("level", LEVELS)
def test_the_computer_can_play_the_left_side(level: str) -> None:
    for seed in range(5):
        state, ai = new_match(seed, 3), new_ai(level, seed, LEFT)
        while not state.winner:
            step(state, choose_key(ai, state), 0)
        assert state.winner == LEFT or level == "easy"


def follower(_: int) -> scripted.ScriptedPlayer:
    return scripted.BallFollower(LEFT, delay=6)


def person(seed: int) -> scripted.ScriptedPlayer:
    return scripted.HumanLikePlayer(LEFT, seed + 77)


def casual(seed: int) -> scripted.ScriptedPlayer:
    return scripted.HumanLikePlayer(LEFT, seed + 77, delay=22, error=200)


def perfect(_: int) -> scripted.ScriptedPlayer:
    return scripted.PerfectPlayer(LEFT)


def aimer(_: int) -> scripted.ScriptedPlayer:
    return scripted.AimingPlayer(LEFT)


def idle(_: int) -> scripted.ScriptedPlayer:
    return scripted.stay_still


@pytest.mark.parametrize(
    ("level", "who", "least", "most"),
    [
        ("easy", idle, 80, 100),
        ("easy", follower, 0, 25),
        ("easy", casual, 0, 10),
        ("easy", perfect, 0, 0),
        ("normal", idle, 95, 100),
        ("normal", follower, 70, 100),
        ("normal", casual, 20, 65),
        ("normal", person, 0, 15),
        ("hard", idle, 100, 100),
        ("hard", casual, 85, 100),
        ("hard", person, 60, 92),
        ("hard", aimer, 0, 20),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_each_level_wins_and_loses_as_it_should(
    level: str, who: Callable[[int], scripted.ScriptedPlayer], least: int, most: int
) -> None:
    matches = 40 if who is not aimer else 10
    wins = sum(
        scripted.play_match("ai", level, n * REPLAY_SEED_STEP, 5, who(n))[0].winner == RIGHT
        for n in range(matches)
    )
    assert least <= 100 * wins / matches <= most


def test_the_order_of_levels_is_the_same_against_every_opponent() -> None:
    for who in (follower, casual, person):
        lead = [points_ahead(level, who) for level in LEVELS]
        assert lead == sorted(lead)
        assert lead[0] < lead[2]


def points_ahead(level: str, who: Callable[[int], scripted.ScriptedPlayer]) -> int:
    matches = [
        scripted.play_match("ai", level, n * REPLAY_SEED_STEP, 5, who(n))[0] for n in range(20)
    ]
    return sum(match.right_score - match.left_score for match in matches)
