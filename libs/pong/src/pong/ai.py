"""The computer opponent: one look at the court a second, then the same keys that a person has.

Between two looks it knows only what the last one showed, and where its own paddle is, which is its
own hand. A level is a few numbers: how far off its prediction is, whether it reckons with the walls,
where it waits, whether it aims. All chance comes from the seed, so a match can be replayed.
"""

from dataclasses import dataclass

from pong.ball import depth, fold, share
from pong.court import (
    DOWN,
    FACE_LEFT,
    FACE_RIGHT,
    LEFT,
    MAX_TICKS,
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
from pong.prng import advance, pick, scramble

LOOK_EVERY = TICKS_PER_SECOND
"""Ticks. The rule that makes the computer fair: it sees as rarely as the slowest of us."""

DEAD_ZONE = PADDLE_SPEED
"""Closer than one step of the paddle is close enough; a smaller zone would make it tremble."""

SEED_TWIST = 0x50E6A1
"""Keeps the opponent's chance apart from the serves', which grow from the same seed."""


@dataclass(frozen=True, slots=True)
class Level:
    """What sets one opponent apart from another."""

    error: int
    """Sub-units by which a prediction may be off, for each second that it looks ahead."""
    walls: bool
    """Reckons with the walls; without, it expects a ball to slide along them."""
    returns: bool
    """Goes back towards the middle after a hit; without, it stays where the ball left it."""
    aim: int
    times: bool = False
    """Sub-units from the paddle's middle at which it likes to hit, away from the other paddle."""


_LEVELS = {
    "easy": Level(error=110 * UNIT, walls=False, returns=False, aim=0),
    "normal": Level(error=70 * UNIT, walls=True, returns=True, aim=0),
    "hard": Level(error=24 * UNIT, walls=True, returns=True, aim=34 * UNIT),
}
LEVELS = tuple(_LEVELS)


@dataclass(slots=True)
class Ai:
    """An opponent's mind: its plan since the last look."""

    level: Level
    side: int
    rng: int
    next_look: int = 0
    aim_y: int = MIDDLE_Y
    """Where it wants its paddle's middle until the ball has come,"""
    aim_until: int = 0
    """which it expects at this tick,"""
    wait_y: int = MIDDLE_Y
    """and where it wants it afterwards."""


def new_ai(level: str, seed: int, side: int) -> Ai:
    """An opponent that has not looked yet. Raises BadSettings for an unknown level or side."""
    if level not in _LEVELS:
        raise BadSettings("level", level)
    if side not in {LEFT, RIGHT}:
        raise BadSettings("side", side)
    return Ai(level=_LEVELS[level], side=side, rng=scramble(seed ^ SEED_TWIST * side))


def decide(ai: Ai, state: State) -> int:
    """The key it holds in the coming tick: UP, STILL or DOWN. Call it once before each `step`."""
    if state.tick >= ai.next_look:
        _look(ai, state)
    return _key(ai, state)


def steady_ticks(ai: Ai, state: State) -> int:
    """For how many ticks from this one the key that `decide` just gave stays the same, at least."""
    target_y, planned_until = (
        (ai.aim_y, ai.aim_until) if state.tick < ai.aim_until else (ai.wait_y, ai.next_look)
    )
    until = min(planned_until, ai.next_look) - state.tick
    distance = abs(target_y - _own_y(ai, state)) - DEAD_ZONE
    if distance <= 0:
        return until
    return min(until, (distance + PADDLE_SPEED - 1) // PADDLE_SPEED)


def _look(ai: Ai, state: State) -> None:
    ai.next_look = state.tick + LOOK_EVERY
    ai.aim_until = state.tick
    if ai.level.returns:
        ai.wait_y = MIDDLE_Y
    coming = state.ball_vx > 0 if ai.side == RIGHT else state.ball_vx < 0
    if coming:
        _plan_hit(ai, state)
    if ai.level.times and state.ball_vx:
        ai.next_look += max(0, _until_their_hit(ai, state, coming) - LOOK_EVERY)


def _until_their_hit(ai, state, coming):
    ahead = max(0, -depth(state.ball_x, state.ball_vx))
    speed = abs(state.ball_vx)
    flight = (ahead+speed-1)//speed
    if coming:
        speed = return_speed(state.rally + 1)
        flight += (FACE_RIGHT - FACE_LEFT + speed - 1) // speed
    return flight


def _plan_hit(ai: Ai, state: State) -> None:
    speed = abs(state.ball_vx)
    ahead = -depth(state.ball_x, state.ball_vx)
    if ahead <= 0:
        return
    flight = (ahead + speed - 1) // speed
    y = _foresee(ai, state.ball_y + share(state.ball_vy, ahead, speed), flight)
    offset = _aimed_offset(ai, state, y) if ai.level.aim else 0
    ai.aim_y = max(PADDLE_TOP, min(PADDLE_BOTTOM, y - offset))
    ai.aim_until = state.tick + flight
    if not ai.level.returns:
        ai.wait_y = ai.aim_y


def _foresee(ai: Ai, y: int, flight: int) -> int:
    seen = fold(y) if ai.level.walls else max(WALL_TOP, min(WALL_BOTTOM, y))
    error = share(ai.level.error, flight, LOOK_EVERY)
    ai.rng = advance(ai.rng)
    return seen + pick(ai.rng, 2 * error // UNIT + 1) * UNIT - error


def _aimed_offset(ai: Ai, state: State, y: int) -> int:
    """Of two hits, one above and one below the paddle's middle, the one that lands farther away."""
    ai.rng = advance(ai.rng)
    offset = pick(ai.rng, ai.level.aim // UNIT + 1) * UNIT
    other_y = state.left_y if ai.side == RIGHT else state.right_y
    far_below = abs(_landing(y, offset) - other_y)
    far_above = abs(_landing(y, -offset) - other_y)
    return offset if far_below > far_above else -offset


def _landing(y: int, offset: int) -> int:
    return fold(y + share(FACE_RIGHT - FACE_LEFT, offset, REACH))


def _key(ai: Ai, state: State) -> int:
    target_y = ai.aim_y if state.tick < ai.aim_until else ai.wait_y
    distance = target_y - _own_y(ai, state)
    if distance > DEAD_ZONE:
        return DOWN
    return UP if distance < -DEAD_ZONE else STILL


def _own_y(ai: Ai, state: State) -> int:
    return state.right_y if ai.side == RIGHT else state.left_y
