"""Skipping ticks gives the same result as playing them, for every state that a match can reach."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pong.ai import LEVELS, choose_key
from pong.ball import count_bounces, fold_at_walls
from pong.court import POINTS_CHOICES, WALL_BOTTOM, WALL_TOP
from pong.engine import copy_match, digest, new_match, step
from pong.log import advance_to_event, start_match
from pong.skip import advance_without_event, ticks_without_event
from tests.fixtures.examples import examples

KEY = st.sampled_from([-1, 0, 1])
SEED = st.integers(0, 2**32 - 1)
SPELLS = st.lists(st.tuples(KEY, KEY, st.integers(1, 200)), min_size=1, max_size=40)


@settings(max_examples=examples(150))
@given(
    level=st.sampled_from([*LEVELS, None]),
    seed=SEED,
    points=st.sampled_from(POINTS_CHOICES),
    spells=SPELLS,
)
def test_strides_end_in_the_same_state_as_steps(
    level: str | None, seed: int, points: int, spells: list[tuple[int, int, int]]
) -> None:
    mode = "ai" if level else "local"
    walker, walker_ai = start_match(mode, level, seed, points)
    strider, strider_ai = start_match(mode, level, seed, points)
    for left, right, ticks in spells:
        end = strider.tick + ticks
        while strider.tick < end and not strider.winner:
            advance_to_event(strider, strider_ai, (left, right), end - strider.tick)
            while walker.tick < strider.tick:
                step(walker, left, choose_key(walker_ai, walker) if walker_ai else right)
            assert digest(strider) == digest(walker)
            assert strider_ai == walker_ai


@settings(max_examples=examples(300))
@given(
    vy=st.integers(-4096, 4096),
    vx=st.integers(1, 4096),
    y=st.integers(WALL_TOP, WALL_BOTTOM),
    keys=st.tuples(KEY, KEY),
    part=st.integers(0, 400),
)
def test_a_glide_of_any_length_equals_that_many_steps(
    vy: int, vx: int, y: int, keys: tuple[int, int], part: int
) -> None:
    walker = replace(new_match(1, 5), serve_in=0, ball_vx=vx, ball_vy=vy, ball_y=y)
    glider = copy_match(walker)
    ticks = min(part, ticks_without_event(walker))
    advance_without_event(glider, *keys, ticks)
    for _ in range(ticks):
        step(walker, *keys)
    assert glider == walker


@given(y=st.integers(WALL_TOP, WALL_BOTTOM), vy=st.integers(-4096, 4096), ticks=st.integers(0, 999))
def test_folding_once_equals_folding_at_every_wall(y: int, vy: int, ticks: int) -> None:
    slow_y, slow_vy = y, vy
    for _ in range(ticks):
        slow_y += slow_vy
        if count_bounces(slow_y):
            slow_y, slow_vy = fold_at_walls(slow_y), -slow_vy
    assert fold_at_walls(y + vy * ticks) == slow_y
    assert (vy, -vy)[count_bounces(y + vy * ticks) % 2] == slow_vy


def test_quiet_ticks_stop_before_the_tick_that_decides() -> None:
    state = new_match(3, 5)
    assert ticks_without_event(state) == state.serve_in - 1
    advance_without_event(state, 0, 0, ticks_without_event(state))
    step(state, 0, 0)
    assert (state.serve_in, state.ball_vx != 0) == (0, True)
    advance_without_event(state, 0, 0, ticks_without_event(state))
    step(state, -1, -1)
    assert state.ball_x < 42 * 256 + 1280 or state.ball_x > 758 * 256 - 1280


def test_a_finished_match_has_no_quiet_ticks() -> None:
    assert ticks_without_event(replace(new_match(3, 5), winner=1, serve_in=0)) == 0
