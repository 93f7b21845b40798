"""The rules of the game: a match is a state of whole numbers, and `step` advances it by one tick.

Everything follows from `(rules, seed, points, inputs)`. The ball waits in the middle, then flies away from the side
that lost the last point. A paddle sends it back, steeper the farther from its middle it was hit, and a little faster
each time. A ball past the paddle and over the edge is a point for the other side.
"""

from dataclasses import dataclass, replace

from pong.ball import count_bounces, distance_past_face, fold_at_walls, scale_by_ratio
from pong.court import (
    BALL_SIZE,
    BESIDE_DEPTH,
    COURT_HEIGHT,
    COURT_WIDTH,
    DOWN,
    FACE_LEFT,
    FACE_RIGHT,
    GOAL_DEPTH,
    LEFT,
    MAX_TICKS,
    MIDDLE_X,
    MIDDLE_Y,
    NOBODY,
    PADDLE_BOTTOM,
    PADDLE_HEIGHT,
    PADDLE_INSET,
    PADDLE_SPEED,
    PADDLE_TOP,
    PADDLE_WIDTH,
    POINTS_CHOICES,
    RALLY_SPEED,
    RALLY_SPEED_CAP,
    RALLY_STEP,
    REACH,
    RIGHT,
    RULES_VERSION,
    SERVE_DELAY,
    SERVE_SLOPE_MAX,
    SERVE_SLOPE_MIN,
    SERVE_SLOPE_WHOLE,
    SERVE_SPEED,
    STILL,
    TICKS_PER_SECOND,
    UNIT,
    UP,
)
from pong.prng import MASK_32_BITS, advance_rng, random_below

__all__ = [
    "BALL_SIZE",
    "COURT_HEIGHT",
    "COURT_WIDTH",
    "DOWN",
    "LEFT",
    "MAX_TICKS",
    "NOBODY",
    "PADDLE_HEIGHT",
    "PADDLE_INSET",
    "PADDLE_SPEED",
    "PADDLE_WIDTH",
    "POINTS_CHOICES",
    "RALLY_SPEED_CAP",
    "RIGHT",
    "RULES_VERSION",
    "SERVE_DELAY",
    "STILL",
    "TICKS_PER_SECOND",
    "UNIT",
    "UP",
    "BadSettings",
    "State",
    "copy_match",
    "digest",
    "mix_into_digest",
    "new_match",
    "state_fields",
    "step",
]

DIGEST_START = 0x811C9DC5
DIGEST_PRIME = 0x01000193
SEED_LIMIT = 2**32


class BadSettings(ValueError):
    """The settings of a match are not valid."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"{name} cannot be {value!r}")
        self.name = name
        self.value = value


@dataclass(slots=True)
class State:
    """A match at one tick. Positions are centres, in sub-units; speeds are sub-units a tick."""

    points: int
    rng: int
    server: int
    """The side that lost the last point; the next serve flies away from it."""
    tick: int = 0
    ball_x: int = MIDDLE_X
    ball_y: int = MIDDLE_Y
    ball_vx: int = 0
    ball_vy: int = 0
    left_y: int = MIDDLE_Y
    right_y: int = MIDDLE_Y
    left_score: int = 0
    right_score: int = 0
    rally: int = 0
    """Hits so far in the current rally."""
    serve_in: int = SERVE_DELAY
    """Ticks until the serve; 0 while the ball is in play."""
    winner: int = NOBODY
    left_hits: int = 0
    right_hits: int = 0
    longest_rally: int = 0


def new_match(seed: int, points: int) -> State:
    """Return a match before its first tick.

    Args:
        seed: decides which side serves first, and the angle of every serve.
        points: the score that wins.

    Raises:
        BadSettings: `seed` is not in 0 to 2**32 - 1, or `points` not in POINTS_CHOICES.
    """
    if type(seed) is not int or not 0 <= seed < SEED_LIMIT:
        raise BadSettings("seed", seed)
    if type(points) is not int or points not in POINTS_CHOICES:
        raise BadSettings("points", points)
    rng = advance_rng(seed)
    return State(points=points, rng=rng, server=LEFT + random_below(rng, 2))


def step(state: State, left: int, right: int) -> None:
    """Advance the match by one tick with the keys (UP, STILL, DOWN) held by each side.

    A finished match does not change.
    """
    if state.winner:
        return
    state.tick += 1
    state.left_y = moved_paddle(state.left_y, left * PADDLE_SPEED)
    state.right_y = moved_paddle(state.right_y, right * PADDLE_SPEED)
    if state.serve_in:
        _wait_for_serve(state)
    else:
        _move_ball(state)


def moved_paddle(paddle_y: int, distance: int) -> int:
    """Return a paddle's position after moving by `distance` sub-units, limited by the ends of the court."""
    return max(PADDLE_TOP, min(PADDLE_BOTTOM, paddle_y + distance))


def return_speed(rally: int) -> int:
    """Return the ball's horizontal speed, in sub-units a tick, after the hit with this number in the rally."""
    return min(RALLY_SPEED + rally * RALLY_STEP, RALLY_SPEED_CAP)


def digest(state: State) -> int:
    """Return 32 bits over every field. Two states that differ in a single field never share a digest."""
    word = DIGEST_START
    for field in state_fields(state):
        word = ((word ^ field) * DIGEST_PRIME) & MASK_32_BITS
        word ^= word >> 15
    return word


def state_fields(state: State) -> tuple[int, ...]:
    """Return every field, in the order in which `digest` reads them and a snapshot sends them."""
    return (
        state.tick,
        state.ball_x,
        state.ball_y,
        state.ball_vx,
        state.ball_vy,
        state.left_y,
        state.right_y,
        state.left_score,
        state.right_score,
        state.rally,
        state.serve_in,
        state.server,
        state.winner,
        state.rng,
        state.points,
        state.left_hits,
        state.right_hits,
        state.longest_rally,
    )


def mix_into_digest(word: int, field: int) -> int:
    """Add a number to a 32-bit digest, as `digest` does with each field."""
    word = ((word ^ field) * DIGEST_PRIME) & MASK_32_BITS
    return word ^ (word >> 15)


def copy_match(state: State) -> State:
    """Return a copy that can be advanced independently."""
    return replace(state)


def _wait_for_serve(state: State) -> None:
    state.serve_in -= 1
    if state.serve_in == 0:
        _serve(state)


def _serve(state: State) -> None:
    state.rng = advance_rng(state.rng)
    slopes = SERVE_SLOPE_MAX - SERVE_SLOPE_MIN + 1
    choice = random_below(state.rng, 2 * slopes)
    slope = SERVE_SLOPE_MIN + choice // 2
    speed = scale_by_ratio(SERVE_SPEED, slope, SERVE_SLOPE_WHOLE)
    state.ball_vx = SERVE_SPEED if state.server == LEFT else -SERVE_SPEED
    state.ball_vy = speed if choice % 2 else -speed


def _move_ball(state: State) -> None:
    speed = abs(state.ball_vx)
    before = distance_past_face(state.ball_x, state.ball_vx)
    after = before + speed
    if before < 0 <= after:
        # Decided at the face itself, between two ticks, so that no speed can carry the ball through the paddle.
        y = fold_at_walls(state.ball_y + scale_by_ratio(state.ball_vy, -before, speed))
        if _meets_paddle(state, y):
            _hit(state, FACE_RIGHT if state.ball_vx > 0 else FACE_LEFT, y)
            return
    _fly(state)
    if after >= GOAL_DEPTH:
        _score(state)
    elif 0 <= after <= BESIDE_DEPTH and _meets_paddle(state, state.ball_y):
        # A late paddle meets the ball beside it: letting the ball through would look wrong.
        _hit(state, state.ball_x, state.ball_y)


def _meets_paddle(state: State, y: int) -> bool:
    paddle_y = state.right_y if state.ball_vx > 0 else state.left_y
    return -REACH <= y - paddle_y <= REACH


def _hit(state: State, x: int, y: int) -> None:
    """Send the ball back. It spends the rest of the tick on the paddle, where the hit can be seen."""
    state.rally += 1
    state.longest_rally = max(state.longest_rally, state.rally)
    speed = return_speed(state.rally)
    if state.ball_vx > 0:
        state.right_hits += 1
        state.ball_vx = -speed
        state.ball_vy = scale_by_ratio(speed, y - state.right_y, REACH)
    else:
        state.left_hits += 1
        state.ball_vx = speed
        state.ball_vy = scale_by_ratio(speed, y - state.left_y, REACH)
    state.ball_x = x
    state.ball_y = y


def _fly(state: State) -> None:
    state.ball_x += state.ball_vx
    y = state.ball_y + state.ball_vy
    if count_bounces(y):
        y = fold_at_walls(y)
        state.ball_vy = -state.ball_vy
    state.ball_y = y


def _score(state: State) -> None:
    if state.ball_vx > 0:
        state.left_score += 1
        state.server = RIGHT
        scorer, score = LEFT, state.left_score
    else:
        state.right_score += 1
        state.server = LEFT
        scorer, score = RIGHT, state.right_score
    state.ball_x, state.ball_y = MIDDLE_X, MIDDLE_Y
    state.ball_vx = state.ball_vy = 0
    state.rally = 0
    if score == state.points:
        state.winner = scorer
    else:
        state.serve_in = SERVE_DELAY
