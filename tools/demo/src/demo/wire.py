"""The protocol as a client sees it, written a second time from docs/live-matches.md."""

from struct import Struct
from typing import NamedTuple

from pong.engine import State

WAITING, COUNTDOWN, PLAYING, AWAY, SUSPENDED, OVER = range(6)
POINTS, FORFEIT, VOID = 1, 2, 3

DONE, RESTART = 1000, 1012
MALFORMED, TOO_LARGE, TOO_MANY, OUT_OF_ORDER, TAKEN_OVER, MOVED, TOO_SLOW = range(4000, 4007)


class Welcome(NamedTuple):
    protocol: int
    side: int
    rules: int
    points: int
    seed: int


class Snapshot(NamedTuple):
    tick: int
    ball_x: int
    ball_y: int
    ball_vx: int
    ball_vy: int
    left_y: int
    right_y: int
    left_score: int
    right_score: int
    rally: int
    serve_in: int
    server: int
    winner: int
    rng: int
    points: int
    left_hits: int
    right_hits: int
    longest_rally: int
    left_keys: int
    right_keys: int
    left_heard_before: int
    right_heard_before: int


class Phase(NamedTuple):
    phase: int
    tick: int
    delay: int
    left_here: int
    right_here: int
    left_absences: int
    right_absences: int
    milliseconds: int


class Keys(NamedTuple):
    tick: int
    side: int
    keys: int


class Late(NamedTuple):
    asked: int
    tick: int
    keys: int


class Beat(NamedTuple):
    number: int
    tick: int
    digest: int
    clock: int
    left_rtt: int
    right_rtt: int
    left_heard_before: int
    right_heard_before: int


class End(NamedTuple):
    reason: int
    winner: int
    left_score: int
    right_score: int
    tick: int
    digest: int
    left_late: int
    right_late: int
    left_rtt: int
    right_rtt: int
    delay: int
    left_heard_before: int
    right_heard_before: int


Message = Welcome | Snapshot | Phase | Keys | Late | Beat | End

_BODIES: dict[int, tuple[type[Message], Struct]] = {
    16: (Welcome, Struct("!BBHBI")),
    17: (Snapshot, Struct("!I6i2BI3BIB3Ibb2I")),
    18: (Phase, Struct("!BIB4BH")),
    19: (Keys, Struct("!IBb")),
    20: (Late, Struct("!IIb")),
    21: (Beat, Struct("!HIIiHH2I")),
    22: (End, Struct("!4BII4HB2I")),
}
_STATE_FIELDS = tuple(
    name for name in Snapshot._fields if not name.endswith(("_keys", "_heard_before"))
)


def split_frame(frame: bytes) -> list[Message]:
    """Return the messages that a frame of the server holds."""
    messages: list[Message] = []
    at = 0
    while at < len(frame):
        kind, body = _BODIES[frame[at]]
        messages.append(kind._make(body.unpack_from(frame, at + 1)))
        at += 1 + body.size
    return messages


def state_of(snapshot: Snapshot) -> State:
    return State(**{name: getattr(snapshot, name) for name in _STATE_FIELDS})


def keys_message(tick: int, keys: int) -> bytes:
    return Struct("!BIb").pack(1, tick, keys)


def echo_message(number: int, tick: int, digest: int) -> bytes:
    return Struct("!BHII").pack(2, number, tick, digest)


def beat_answer(beat: Beat) -> bytes:
    return echo_message(beat.number, beat.tick, beat.digest)


RESIGN_MESSAGE = bytes([3])
