"""The rules, case by case: serves, paddles, walls, points."""

from dataclasses import fields, replace

import pytest

from pong.court import (
    BESIDE_DEPTH,
    COURT_WIDTH,
    DOWN,
    FACE_LEFT,
    FACE_RIGHT,
    LEFT,
    MIDDLE_X,
    MIDDLE_Y,
    PADDLE_BOTTOM,
    PADDLE_SPEED,
    PADDLE_TOP,
    RALLY_SPEED_CAP,
    REACH,
    RIGHT,
    SERVE_DELAY,
    SERVE_SPEED,
    STILL,
    UNIT,
    UP,
    WALL_BOTTOM,
    WALL_TOP,
)
from pong.engine import BadSettings, State, digest, new_match, return_speed, step

SPEED = 10 * UNIT


def flying(x: int, y: int, vx: int, vy: int = 0, **fields: int) -> State:
    return replace(
        new_match(1, 3), serve_in=0, ball_x=x, ball_y=y, ball_vx=vx, ball_vy=vy, **fields
    )


@pytest.mark.parametrize("seed", [-1, 2**32, True, 1.0, "1", None])
def test_a_seed_must_have_32_bits(seed: object) -> None:
    with pytest.raises(BadSettings, match="seed cannot be"):
        new_match(seed, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("points", [0, 1, 4, 22, True, "3", 3.0, None, [3]])
def test_the_points_must_be_one_of_the_choices(points: object) -> None:
    with pytest.raises(BadSettings, match="points cannot be"):
        new_match(1, points)  # type: ignore[arg-type]


def test_the_ball_waits_in_the_middle_and_then_flies() -> None:
    state = new_match(1, 3)
    for _ in range(SERVE_DELAY):
        assert (state.ball_x, state.ball_y, state.ball_vx) == (MIDDLE_X, MIDDLE_Y, 0)
        step(state, STILL, STILL)
    assert abs(state.ball_vx) == SERVE_SPEED
    assert state.ball_x == MIDDLE_X
    step(state, STILL, STILL)
    assert state.ball_x == MIDDLE_X + state.ball_vx


def test_the_seed_determines_the_first_server_and_the_angles() -> None:
    serves = set()
    for seed in range(200):
        state = new_match(seed, 3)
        for _ in range(SERVE_DELAY):
            step(state, STILL, STILL)
        serves.add((state.ball_vx, state.ball_vy))
    assert {vx for vx, _ in serves} == {SERVE_SPEED, -SERVE_SPEED}
    assert len({vy for _, vy in serves}) > 60
    assert min(abs(vy) for _, vy in serves) >= SERVE_SPEED // 5


def test_a_serve_never_meets_a_paddle_that_waits_in_the_middle() -> None:
    for seed in range(300):
        state = new_match(seed, 3)
        while not state.left_score + state.right_score:
            step(state, STILL, STILL)
        assert state.rally == state.longest_rally == 0


@pytest.mark.parametrize(
    ("key", "moved_by"), [(UP, -PADDLE_SPEED), (STILL, 0), (DOWN, PADDLE_SPEED)]
)
def test_keys_move_their_own_paddle(key: int, moved_by: int) -> None:
    state = new_match(1, 3)
    step(state, key, STILL)
    assert (state.left_y, state.right_y) == (MIDDLE_Y + moved_by, MIDDLE_Y)
    step(state, STILL, key)
    assert (state.left_y, state.right_y) == (MIDDLE_Y + moved_by, MIDDLE_Y + moved_by)


def test_paddles_stop_at_the_ends() -> None:
    state = new_match(1, 3)
    for _ in range(40):
        step(state, UP, DOWN)
    assert (state.left_y, state.right_y) == (PADDLE_TOP, PADDLE_BOTTOM)


@pytest.mark.parametrize(
    ("y", "vy", "then_y", "then_vy"),
    [
        (WALL_TOP + 100, -300, WALL_TOP + 200, 300),
        (WALL_TOP + 100, -100, WALL_TOP, -100),
        (WALL_TOP, -100, WALL_TOP + 100, 100),
        (WALL_BOTTOM - 100, 300, WALL_BOTTOM - 200, -300),
        (WALL_BOTTOM - 100, 100, WALL_BOTTOM, 100),
        (WALL_BOTTOM, 100, WALL_BOTTOM - 100, -100),
        (MIDDLE_Y, 300, MIDDLE_Y + 300, 300),
    ],
)
def test_walls_reflect_the_ball(y: int, vy: int, then_y: int, then_vy: int) -> None:
    state = flying(MIDDLE_X, y, SPEED, vy)
    step(state, STILL, STILL)
    assert (state.ball_y, state.ball_vy) == (then_y, then_vy)


STEEPEST = return_speed(1)


@pytest.mark.parametrize(
    ("offset", "then_vy"),
    [
        (0, 0),
        (REACH // 2, STEEPEST // 2),
        (-REACH // 2, -STEEPEST // 2),
        (REACH, STEEPEST),
        (-REACH, -STEEPEST),
        (REACH + 1, None),
        (-REACH - 1, None),
    ],
)
@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_the_hit_point_determines_the_angle(side: int, offset: int, then_vy: int | None) -> None:
    x, vx = (FACE_LEFT + 5, -SPEED) if side == LEFT else (FACE_RIGHT - 5, SPEED)
    state = flying(x, MIDDLE_Y + offset, vx)
    step(state, STILL, STILL)
    if then_vy is None:
        assert (state.ball_vx, state.rally) == (vx, 0)
    else:
        away = STEEPEST if side == LEFT else -STEEPEST
        assert (state.ball_vx, state.ball_vy, state.rally) == (away, then_vy, 1)
        assert state.ball_x == (FACE_LEFT if side == LEFT else FACE_RIGHT)
        assert (state.left_hits, state.right_hits) == ((1, 0) if side == LEFT else (0, 1))


@pytest.mark.parametrize(
    ("before_face", "hit"),
    [(1, True), (SPEED, True), (SPEED + 1, False)],
    ids=["just in front", "reaches the face exactly", "one short"],
)
def test_a_hit_counts_from_the_tick_that_reaches_the_face(before_face: int, hit: bool) -> None:
    state = flying(FACE_RIGHT - before_face, MIDDLE_Y, SPEED)
    step(state, STILL, STILL)
    assert (state.ball_vx < 0) is hit


def test_a_hit_is_decided_where_the_ball_crosses_the_face() -> None:
    # The ball is out of reach above at the tick's start, and below at its end.
    above = MIDDLE_Y - REACH - 500
    state = flying(FACE_RIGHT - SPEED // 2, above, SPEED, 2 * (REACH + 500))
    step(state, STILL, STILL)
    assert (state.rally, state.ball_y, state.ball_vy) == (1, MIDDLE_Y, 0)


def test_a_hit_after_a_wall_counts() -> None:
    state = flying(FACE_LEFT + 10, WALL_TOP + 4, -20, -20, left_y=PADDLE_TOP)
    step(state, STILL, STILL)
    assert (state.rally, state.ball_y) == (1, WALL_TOP + 6)


def test_the_paddle_moves_before_the_hit_is_decided() -> None:
    out_of_reach = MIDDLE_Y + REACH + PADDLE_SPEED
    state = flying(FACE_RIGHT - 5, out_of_reach, SPEED)
    step(state, STILL, DOWN)
    assert (state.rally, state.ball_vy) == (1, STEEPEST)


@pytest.mark.parametrize(
    ("depth", "saved"), [(0, True), (BESIDE_DEPTH, True), (BESIDE_DEPTH + 1, False)]
)
def test_a_late_paddle_saves_a_ball_that_is_still_beside_it(depth: int, saved: bool) -> None:
    start_x = FACE_RIGHT + depth - SPEED
    state = flying(start_x, MIDDLE_Y + REACH + 1, SPEED)
    # In the first tick the paddle stays away; in the second it moves over the ball.
    state.ball_x -= SPEED
    step(state, STILL, STILL)
    step(state, STILL, DOWN)
    assert (state.ball_vx < 0) is saved


def test_a_save_moves_the_ball_out_of_the_paddle() -> None:
    state = flying(FACE_RIGHT + 10, MIDDLE_Y + REACH + 1, 100)
    step(state, STILL, DOWN)
    assert state.rally == 1
    for _ in range(20):
        step(state, STILL, DOWN)
    assert (state.rally, state.ball_x < FACE_RIGHT) == (1, True)


@pytest.mark.parametrize(
    ("vx", "score", "server"), [(SPEED, (1, 0), RIGHT), (-SPEED, (0, 1), LEFT)]
)
def test_the_loser_of_a_point_serves_next(vx: int, score: tuple[int, int], server: int) -> None:
    edge = 5 if vx < 0 else COURT_WIDTH * UNIT - 5
    state = flying(edge, WALL_TOP, vx, rally=9, longest_rally=9)
    step(state, STILL, STILL)
    assert (state.left_score, state.right_score) == score
    assert (state.server, state.serve_in, state.rally) == (server, SERVE_DELAY, 0)
    assert (state.ball_x, state.ball_y, state.ball_vx, state.ball_vy) == (MIDDLE_X, MIDDLE_Y, 0, 0)
    assert state.longest_rally == 9
    for _ in range(SERVE_DELAY):
        step(state, STILL, STILL)
    assert (state.ball_vx > 0) is (server == LEFT)


def test_the_last_point_ends_the_match() -> None:
    state = flying(5, WALL_TOP, -SPEED, right_score=2)
    step(state, STILL, STILL)
    assert (state.right_score, state.winner, state.serve_in) == (3, RIGHT, 0)
    finished = replace(state)
    step(state, UP, DOWN)
    assert state == finished


def test_the_return_speed_increases_up_to_its_cap() -> None:
    speeds = [return_speed(rally) for rally in range(1, 40)]
    assert speeds == sorted(speeds)
    assert speeds[0] == 8 * UNIT
    assert speeds.index(RALLY_SPEED_CAP) + 1 == 17
    assert speeds[-1] == RALLY_SPEED_CAP


@pytest.mark.parametrize("name", [field.name for field in fields(State)])
@pytest.mark.parametrize("by", [1, -1, 2**31])
def test_the_digest_covers_every_field(name: str, by: int) -> None:
    state = new_match(1, 3)
    changed = replace(state, **{name: getattr(state, name) + by})
    assert digest(changed) != digest(state)
    assert 0 <= digest(changed) < 2**32
