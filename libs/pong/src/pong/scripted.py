"""Scripted players whose matches test the levels, the twins and the speed of replays.

Each is called with the whole state at every tick, as a person sees it, and returns a key. Their randomness comes from a
seed, so a scripted match is always the same. They have no twin: the browser's scripts get their matches as input logs.
"""

from collections import deque
from collections.abc import Callable

from pong.ai import choose_key
from pong.ball import distance_past_face, fold_at_walls, scale_by_ratio
from pong.court import (
    DOWN,
    FACE_LEFT,
    FACE_RIGHT,
    LEFT,
    MAX_TICKS,
    MIDDLE_Y,
    PADDLE_SPEED,
    REACH,
    RIGHT,
    STILL,
    UNIT,
    UP,
)
from pong.engine import State, step
from pong.log import InputLog, finish_log, new_recording, record_keys, start_match
from pong.prng import advance_rng, random_below

ScriptedPlayer = Callable[[State], int]

DEAD_ZONE = PADDLE_SPEED
FOLLOWER_SLACK = 20 * UNIT
"""Largest distance of the ball from a follower's middle before the paddle moves."""
MOST_MASH_TICKS = 50
PERSON_MISTIMING = 9
"""Half ticks, 75 ms, by which a person may be early or late. Harmless for slow balls; at top speed it is 72 court units
where a paddle forgives 48: one ball in three is missed."""
AIM_OFFSET = REACH * 3 // 4
"""Distance from the paddle's middle at which an aimer hits: steep, with a safe distance from the end."""


def play_match(
    mode: str,
    level: str | None,
    seed: int,
    points: int,
    left: ScriptedPlayer,
    *,
    right: ScriptedPlayer | None = None,
) -> tuple[State, InputLog]:
    """Play a match to its end, or to MAX_TICKS; return the final state and its log."""
    state, ai = start_match(mode, level, seed, points)
    log = new_recording()
    while not state.winner and state.tick < MAX_TICKS:
        left_key = left(state)
        right_key = right(state) if right else STILL
        record_keys(log, state.tick, left_key, right_key)
        step(state, left_key, choose_key(ai, state) if ai else right_key)
    return state, finish_log(log, state.tick)


def stay_still(_: State) -> int:
    """Never press a key."""
    return STILL


class RandomMasher:
    """Holds random keys for random times."""

    def __init__(self, seed: int) -> None:
        self.rng = seed
        self.key = STILL
        self.ticks_left = 0

    def __call__(self, _: State) -> int:
        if not self.ticks_left:
            self.rng = advance_rng(self.rng)
            self.key = (UP, STILL, DOWN)[random_below(self.rng, 3)]
            self.ticks_left = 1 + random_below(self.rng, MOST_MASH_TICKS)
        self.ticks_left -= 1
        return self.key


class BallFollower:
    """Follows the ball's height of `delay` ticks ago, as beginners do."""

    def __init__(self, side: int, delay: int) -> None:
        self.side = side
        self.seen: deque[int] = deque(maxlen=delay + 1)

    def __call__(self, state: State) -> int:
        self.seen.append(state.ball_y)
        return _key_towards(self.seen[0], _own_y(state, self.side), FOLLOWER_SLACK)


class PerfectPlayer:
    """Knows at every tick where the ball will arrive, and hits it at `offset` from the paddle's middle."""

    def __init__(self, side: int) -> None:
        self.side = side

    def __call__(self, state: State) -> int:
        target = MIDDLE_Y
        if _is_coming(state, self.side):
            target = _arrival_height(state)
            target -= self.offset(state, target)
        return _key_towards(target, _own_y(state, self.side), DEAD_ZONE)

    def offset(self, state: State, y: int) -> int:  # noqa: ARG002 -- for those who aim
        """Return where on the paddle to hit a ball that arrives at `y`, in sub-units from the middle."""
        return 0


class AimingPlayer(PerfectPlayer):
    """A perfect player who also sends each ball away from the other paddle."""

    def offset(self, state: State, y: int) -> int:
        other_y = _own_y(state, LEFT + RIGHT - self.side)
        lands = [
            (
                abs(
                    fold_at_walls(y + scale_by_ratio(FACE_RIGHT - FACE_LEFT, edge, REACH)) - other_y
                ),
                edge,
            )
            for edge in (AIM_OFFSET, -AIM_OFFSET)
        ]
        return max(lands)[1]


class HumanLikePlayer:
    """A fair player: reacts late after each hit, and first guesses wrongly, then better.

    `delay` is the number of ticks between looks. `error` is the largest error, in court units, of the first guess at a
    ball; it halves with each look, but never falls below the cost of PERSON_MISTIMING. While the ball is away, the
    player waits in the middle.
    """

    def __init__(self, side: int, seed: int, delay: int = 18, error: int = 140) -> None:
        self.side = side
        self.rng = seed
        self.delay = delay
        self.first_error = error * UNIT
        self.error = self.first_error
        self.look_at = 0
        self.flight = 0
        self.target = MIDDLE_Y

    def __call__(self, state: State) -> int:
        if state.ball_vx != self.flight:
            self.flight = state.ball_vx
            self.look_at = state.tick + self.delay
            self.error = self.first_error
        if state.tick == self.look_at:
            self._look(state)
        return _key_towards(self.target, _own_y(state, self.side), 2 * DEAD_ZONE)

    def _look(self, state: State) -> None:
        self.look_at = state.tick + self.delay
        if not _is_coming(state, self.side):
            self.target = MIDDLE_Y
            return
        self.rng = advance_rng(self.rng)
        self.target = (
            _arrival_height(state)
            + random_below(self.rng, 2 * self.error // UNIT + 1) * UNIT
            - self.error
        )
        self.error = max(self.error // 2, abs(state.ball_vx) * PERSON_MISTIMING // 2)


def _is_coming(state: State, side: int) -> bool:
    return state.ball_vx > 0 if side == RIGHT else state.ball_vx < 0


def _arrival_height(state: State) -> int:
    ahead = max(0, -distance_past_face(state.ball_x, state.ball_vx))
    return fold_at_walls(state.ball_y + scale_by_ratio(state.ball_vy, ahead, abs(state.ball_vx)))


def _own_y(state: State, side: int) -> int:
    return state.right_y if side == RIGHT else state.left_y


def _key_towards(target: int, own_y: int, slack: int) -> int:
    if target - own_y > slack:
        return DOWN
    return UP if target - own_y < -slack else STILL
