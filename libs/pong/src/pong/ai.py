"""The computer opponent: it looks at the court once a second and uses the same keys as a person.

Between two looks it knows only what the last one showed, and the position of its own paddle. A level is a few numbers:
the error of its predictions, whether it reckons with the walls, when it looks, where it waits, whether it aims. All
randomness comes from the seed, so a match can be replayed.
"""

from dataclasses import dataclass

from pong.ball import distance_past_face, fold_at_walls, scale_by_ratio
from pong.court import (
    DOWN,
    FACE_LEFT,
    FACE_RIGHT,
    LEFT,
    MIDDLE_Y,
    PADDLE_BOTTOM,
    PADDLE_SPEED,
    PADDLE_TOP,
    REACH,
    RIGHT,
    STILL,
    TICKS_PER_SECOND,
    UNIT,
    UP,
    WALL_BOTTOM,
    WALL_TOP,
)
from pong.engine import BadSettings, State, return_speed
from pong.prng import advance_rng, random_below, scramble_rng

TICKS_BETWEEN_LOOKS = TICKS_PER_SECOND
"""Least number of ticks from one look to the next. This rule makes the computer fair."""

DEAD_ZONE = PADDLE_SPEED
"""Distance from the target within which the paddle stays: one step of it. A smaller zone would make it tremble."""

SEED_TWIST = 0x50E6A1
"""Mixed into the seed, so that the opponent's random numbers differ from those of the serves."""


@dataclass(frozen=True, slots=True)
class Level:
    """The parameters of a level."""

    mistiming: int
    """Largest error of a prediction, in hundredths of a tick of the ball's flight: as with people, it costs more
    the faster the ball is."""
    walls: bool
    """Whether it reckons with bounces; otherwise it expects the ball to slide along the walls."""
    times_looks: bool
    """Whether it waits with its look until the other side has hit the ball; otherwise it looks at fixed intervals."""
    returns: bool
    """Whether it returns to the middle after a hit; otherwise it stays where the ball left it."""
    aim: int
    """Largest distance from the paddle's middle, in sub-units, at which it hits the ball on purpose to send it away
    from the other paddle."""


# Chosen by playing hundreds of matches of each level against `pong.scripted`; the README has the table. `hard` never
# misses a slow ball; at top speed it sometimes does, because it aims too near the edge.
_LEVELS = {
    "easy": Level(mistiming=1400, walls=False, times_looks=False, returns=False, aim=0),
    "normal": Level(mistiming=620, walls=True, times_looks=False, returns=True, aim=0),
    "hard": Level(mistiming=250, walls=True, times_looks=True, returns=True, aim=32 * UNIT),
}
LEVELS = tuple(_LEVELS)


@dataclass(slots=True)
class Ai:
    """The state of a computer opponent: its plan since the last look."""

    level: Level
    side: int
    rng: int
    next_look: int = 0
    aim_y: int = MIDDLE_Y
    """Target of the paddle's middle until `aim_until`."""
    aim_until: int = 0
    """The tick at which the ball is expected."""
    wait_y: int = MIDDLE_Y
    """Target of the paddle's middle from then on."""


def new_ai(level: str, seed: int, side: int) -> Ai:
    """Return a computer opponent that has not looked yet.

    Args:
        level: one of LEVELS.
        seed: the seed of the match, 0 to 2**32 - 1.
        side: LEFT or RIGHT.

    Raises:
        BadSettings: the level or the side does not exist.
    """
    if level not in _LEVELS:
        raise BadSettings("level", level)
    if side not in {LEFT, RIGHT}:
        raise BadSettings("side", side)
    return Ai(level=_LEVELS[level], side=side, rng=scramble_rng(seed ^ SEED_TWIST * side))


def choose_key(ai: Ai, state: State) -> int:
    """Return the key held in the coming tick: UP, STILL or DOWN. Call it once before each `step`."""
    if state.tick >= ai.next_look:
        _look(ai, state)
    return _key_towards_target(ai, state)


def ticks_with_same_key(ai: Ai, state: State) -> int:
    """Return for how many ticks, from this one on, `choose_key` will certainly return the key that it just returned.

    It assumes that `state` advances by those ticks with that key held. It has no twin; see `pong.skip`.
    """
    plan_ends = ai.aim_until if state.tick < ai.aim_until else ai.next_look
    until = min(plan_ends, ai.next_look) - state.tick
    distance = abs(_target_y(ai, state) - _own_y(ai, state)) - DEAD_ZONE
    return min(until, _ticks_for_distance(distance, PADDLE_SPEED)) if distance > 0 else until


def _look(ai: Ai, state: State) -> None:
    ai.next_look = state.tick + TICKS_BETWEEN_LOOKS
    ai.aim_until = state.tick
    if ai.level.returns:
        ai.wait_y = MIDDLE_Y
    if not state.ball_vx:
        return
    coming = (state.ball_vx > 0) == (ai.side == RIGHT)
    ahead = -distance_past_face(state.ball_x, state.ball_vx)
    if coming and ahead > 0:
        _plan_hit(ai, state, ahead)
    if ai.level.times_looks:
        ai.next_look = max(ai.next_look, state.tick + _ticks_until_their_hit(state, ahead, coming))


def _plan_hit(ai: Ai, state: State, ahead: int) -> None:
    speed = abs(state.ball_vx)
    flight = _ticks_for_distance(ahead, speed)
    y = _predict_arrival(ai, state.ball_y + scale_by_ratio(state.ball_vy, ahead, speed), speed)
    offset = _aimed_offset(ai, state, y) if ai.level.aim else 0
    ai.aim_y = max(PADDLE_TOP, min(PADDLE_BOTTOM, y - offset))
    ai.aim_until = state.tick + flight
    if not ai.level.returns:
        ai.wait_y = ai.aim_y


def _predict_arrival(ai: Ai, y: int, speed: int) -> int:
    seen = fold_at_walls(y) if ai.level.walls else max(WALL_TOP, min(WALL_BOTTOM, y))
    error = scale_by_ratio(speed, ai.level.mistiming, 100)
    ai.rng = advance_rng(ai.rng)
    return seen + random_below(ai.rng, 2 * error // UNIT + 1) * UNIT - error


def _aimed_offset(ai: Ai, state: State, y: int) -> int:
    """Return, of two hits above and below the paddle's middle, the one that lands farther from the other paddle."""
    ai.rng = advance_rng(ai.rng)
    offset = random_below(ai.rng, ai.level.aim // UNIT + 1) * UNIT
    other_y = state.left_y if ai.side == RIGHT else state.right_y
    far_below = abs(_landing_height(y, offset) - other_y)
    far_above = abs(_landing_height(y, -offset) - other_y)
    return offset if far_below > far_above else -offset


def _landing_height(y: int, offset: int) -> int:
    return fold_at_walls(y + scale_by_ratio(FACE_RIGHT - FACE_LEFT, offset, REACH))


def _ticks_until_their_hit(state: State, ahead: int, coming: bool) -> int:
    until = _ticks_for_distance(ahead, abs(state.ball_vx))
    if coming:
        return until + _ticks_for_distance(FACE_RIGHT - FACE_LEFT, return_speed(state.rally + 1))
    return until


def _ticks_for_distance(distance: int, speed: int) -> int:
    return (distance + speed - 1) // speed


def _key_towards_target(ai: Ai, state: State) -> int:
    distance = _target_y(ai, state) - _own_y(ai, state)
    if distance > DEAD_ZONE:
        return DOWN
    return UP if distance < -DEAD_ZONE else STILL


def _target_y(ai: Ai, state: State) -> int:
    return ai.aim_y if state.tick < ai.aim_until else ai.wait_y


def _own_y(ai: Ai, state: State) -> int:
    return state.right_y if ai.side == RIGHT else state.left_y
