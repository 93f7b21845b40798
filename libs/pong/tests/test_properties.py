"""Properties of every match: simulations with arbitrary inputs keep the rules."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pong import scripted
from pong.court import (
    BESIDE_DEPTH,
    COURT_WIDTH,
    FACE_LEFT,
    FACE_RIGHT,
    LEFT,
    PADDLE_BOTTOM,
    PADDLE_TOP,
    POINTS_CHOICES,
    RALLY_SPEED_CAP,
    REACH,
    RIGHT,
    SERVE_DELAY,
    SERVE_SPEED,
    UNIT,
    WALL_BOTTOM,
    WALL_TOP,
)
from pong.engine import State, copy_match, new_match, step
from tests.fixtures.examples import examples

KEY = st.sampled_from([-1, 0, 1])
SEED = st.integers(0, 2**32 - 1)
SPELLS = st.lists(st.tuples(KEY, KEY, st.integers(1, 150)), min_size=5, max_size=50)
POINTS = st.sampled_from(POINTS_CHOICES)


@st.composite
def in_flight(draw: st.DrawFn) -> State:
    """Any ball in front of the right paddle, at any speed that the rules allow."""
    vx = draw(st.integers(SERVE_SPEED, RALLY_SPEED_CAP))
    return replace(
        new_match(draw(SEED), 3),
        serve_in=0,
        ball_x=FACE_RIGHT - draw(st.integers(1, 60 * UNIT)),
        ball_y=draw(st.integers(WALL_TOP, WALL_BOTTOM)),
        ball_vx=vx,
        ball_vy=draw(st.integers(-vx, vx)),
        right_y=draw(st.integers(PADDLE_TOP, PADDLE_BOTTOM)),
    )


@settings(max_examples=examples(150))
@given(seed=SEED, points=POINTS, spells=SPELLS)
def test_every_tick_follows_the_rules(
    seed: int, points: int, spells: list[tuple[int, int, int]]
) -> None:
    state = new_match(seed, points)
    for left, right, ticks in spells:
        for _ in range(ticks):
            before = copy_match(state)
            step(state, left, right)
            keeps_to_the_court(state)
            moves_on_from(before, state)


@pytest.mark.parametrize("right", [scripted.PerfectPlayer(RIGHT), scripted.AimingPlayer(RIGHT)])
def test_an_endless_rally_follows_the_rules(right: scripted.ScriptedPlayer) -> None:
    state, left = new_match(8, 3), scripted.AimingPlayer(LEFT)
    for _ in range(3000):
        before = copy_match(state)
        step(state, left(before), right(before))
        keeps_to_the_court(state)
        moves_on_from(before, state)
    assert state.rally > 40
    assert abs(state.ball_vx) == RALLY_SPEED_CAP


def keeps_to_the_court(state: State) -> None:
    assert 0 < state.ball_x < COURT_WIDTH * UNIT
    assert WALL_TOP <= state.ball_y <= WALL_BOTTOM
    assert min(state.left_y, state.right_y) >= PADDLE_TOP
    assert max(state.left_y, state.right_y) <= PADDLE_BOTTOM
    assert abs(state.ball_vy) <= abs(state.ball_vx) <= RALLY_SPEED_CAP
    in_play = not state.serve_in and not state.winner
    assert (state.ball_vx != 0) is in_play
    assert 0 <= state.serve_in <= SERVE_DELAY
    assert state.rally <= state.longest_rally
    assert (state.winner == LEFT) is (state.left_score == state.points)
    assert (state.winner == RIGHT) is (state.right_score == state.points)


def moves_on_from(before: State, state: State) -> None:
    if before.winner:
        assert state == before
        return
    assert state.tick == before.tick + 1
    scored = (state.left_score - before.left_score, state.right_score - before.right_score)
    assert scored in {(0, 0), (1, 0), (0, 1)}
    hit = state.left_hits + state.right_hits - before.left_hits - before.right_hits
    assert hit in {0, 1}
    if scored == (0, 0):
        assert state.rally == before.rally + hit
    else:
        assert state.server == (RIGHT if scored == (1, 0) else LEFT)
    if hit:
        assert state.ball_vx * before.ball_vx < 0


@settings(max_examples=examples(400))
@given(state=in_flight(), key=KEY)
def test_the_ball_does_not_pass_through_a_paddle_at_any_speed(state: State, key: int) -> None:
    while state.ball_vx > 0 and not state.left_score:
        before = copy_match(state)
        step(state, 0, key)
        if state.ball_vx > 0 and not state.left_score:
            assert not overlaps_right_paddle(before, state)
    if not state.left_score:
        assert state.rally == 1


def overlaps_right_paddle(before: State, state: State) -> bool:
    """Check a hundred positions between two ticks, where the engine checks one."""
    for part in range(101):
        x = before.ball_x + state.ball_vx * part // 100
        y = before.ball_y + before.ball_vy * part // 100
        y = max(y, 2 * WALL_TOP - y) if y < WALL_TOP else min(y, 2 * WALL_BOTTOM - y)
        crossing = before.ball_x < FACE_RIGHT <= x
        if crossing:
            # Positions are a hundredth apart, so the first one behind the face
            # may be that far behind it.
            return abs(y - state.right_y) <= REACH - 2 * RALLY_SPEED_CAP // 100
    beside = 0 <= state.ball_x - FACE_RIGHT <= BESIDE_DEPTH
    return beside and abs(state.ball_y - state.right_y) <= REACH


@settings(max_examples=examples(100))
@given(seed=SEED, points=POINTS, spells=SPELLS)
def test_both_sides_are_treated_alike(
    seed: int, points: int, spells: list[tuple[int, int, int]]
) -> None:
    state = new_match(seed, points)
    mirrored = mirror(state)
    for left, right, ticks in spells:
        for _ in range(ticks):
            step(state, left, right)
            step(mirrored, right, left)
        assert mirrored == mirror(state)


def mirror(state: State) -> State:
    other = {0: 0, LEFT: RIGHT, RIGHT: LEFT}
    return replace(
        state,
        ball_x=COURT_WIDTH * UNIT - state.ball_x,
        ball_vx=-state.ball_vx,
        left_y=state.right_y,
        right_y=state.left_y,
        left_score=state.right_score,
        right_score=state.left_score,
        left_hits=state.right_hits,
        right_hits=state.left_hits,
        server=other[state.server],
        winner=other[state.winner],
    )


def test_the_faces_are_symmetric() -> None:
    assert FACE_LEFT + FACE_RIGHT == COURT_WIDTH * UNIT
