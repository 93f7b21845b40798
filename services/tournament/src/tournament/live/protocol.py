"""The messages of a live match, one struct each; docs/live-matches.md lists them."""

import struct
from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

from pong.court import DOWN, UP
from pong.engine import State, digest, numbers

VERSION: Final = 1
LARGEST_FRAME_BYTES: Final = 64
"""The largest frame accepted from a client; their largest message has 11 bytes."""
CLOCK_UNIT: Final = 256
"""Clock values are sent in units of 1/256 tick."""
MOST_U16: Final = 2**16 - 1


class Phase(IntEnum):
    """The phase of a match."""

    WAITING = 0
    COUNTDOWN = 1
    PLAYING = 2
    AWAY = 3
    SUSPENDED = 4
    OVER = 5


class Reason(IntEnum):
    """How a match ended."""

    POINTS = 1
    FORFEIT = 2
    VOID = 3


class CloseCode(IntEnum):
    """Why the server closes a connection."""

    DONE = 1000
    MALFORMED = 4000
    TOO_LARGE = 4001
    TOO_MANY = 4002
    OUT_OF_ORDER = 4003
    TAKEN_OVER = 4004
    MOVED = 4005
    TOO_SLOW = 4006


class Refused(Exception):
    """A client's message breaks the protocol; its connection is closed with this code."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


# Messages from clients.


class Pressed(NamedTuple):
    """`KEYS`: the keys that the player holds from this tick on."""

    tick: int
    keys: int


class Echo(NamedTuple):
    """`ECHO`: the answer to a beat, with the digest of the client's state at a tick."""

    number: int
    tick: int
    digest: int


class Resigned(NamedTuple):
    """`RESIGN`: the player gives up."""


FromClient = Pressed | Echo | Resigned

_PRESSED, _ECHO, _RESIGNED = 1, 2, 3
_PRESSED_BODY = Struct("!xIb")
_ECHO_BODY = Struct("!xHII")
_RESIGNED_BODY = Struct("!x")


def read(frame: bytes) -> FromClient:
    """Return the message in a frame.

    Raises:
        Refused: the frame is too large, of an unknown type or a wrong length, or names keys that do not exist.
    """
    if len(frame) > LARGEST_FRAME_BYTES:
        raise Refused(CloseCode.TOO_LARGE)
    try:
        return _read(frame)
    except (struct.error, IndexError) as error:
        raise Refused(CloseCode.MALFORMED) from error


def _read(frame: bytes) -> FromClient:
    kind = frame[0]
    if kind == _ECHO:
        return Echo._make(_ECHO_BODY.unpack(frame))
    if kind == _PRESSED:
        pressed = Pressed._make(_PRESSED_BODY.unpack(frame))
        if UP <= pressed.keys <= DOWN:
            return pressed
    if kind == _RESIGNED:
        return Resigned._make(_RESIGNED_BODY.unpack(frame))
    raise Refused(CloseCode.MALFORMED)


# Messages from the server.

_WELCOME = Struct("!BBBHBI")
_SNAPSHOT = Struct("!BI6i2BI3BIB3Ibb2I")
_PHASE = Struct("!BBIB4BH")
_KEYS = Struct("!BIBb")
_LATE = Struct("!BIIb")
_BEAT = Struct("!BHIIiHH2I")
_END = Struct("!B4BII4HB2I")


def welcome(side: int, *, rules: int, points: int, seed: int) -> bytes:
    return _WELCOME.pack(16, VERSION, side, rules, points, seed)


def snapshot(state: State, held: tuple[int, int], complete_until: tuple[int, int]) -> bytes:
    return _SNAPSHOT.pack(17, *numbers(state), *held, *complete_until)


def phase(
    current: Phase,
    *,
    tick: int,
    delay: int,
    here: tuple[bool, bool],
    absences: tuple[int, int],
    left_seconds: float,
) -> bytes:
    return _PHASE.pack(18, current, tick, delay, *here, *absences, milliseconds(left_seconds))


def keys(tick: int, side: int, held: int) -> bytes:
    return _KEYS.pack(19, tick, side, held)


def late(asked: int, tick: int, held: int) -> bytes:
    return _LATE.pack(20, asked, tick, held)


def beat(
    number: int,
    *,
    tick: int,
    digest: int,
    clock_ticks: float,
    rtt: tuple[float, float],
    complete_until: tuple[int, int],
) -> bytes:
    return _BEAT.pack(
        21,
        number,
        tick,
        digest,
        round(clock_ticks * CLOCK_UNIT),
        *(milliseconds(seconds) for seconds in rtt),
        *complete_until,
    )


def end(
    reason: Reason,
    *,
    winner: int,
    state: State,
    late: tuple[int, int],
    rtt: tuple[float, float],
    delay: int,
    complete_until: tuple[int, int],
) -> bytes:
    return _END.pack(
        22,
        reason,
        winner,
        state.left_score,
        state.right_score,
        state.tick,
        digest(state),
        *(min(count, MOST_U16) for count in late),
        *(milliseconds(seconds) for seconds in rtt),
        delay,
        *complete_until,
    )


def milliseconds(seconds: float) -> int:
    """Return whole milliseconds, limited to 16 bits (about 65 s, more than any value sent)."""
    return max(0, min(round(seconds * 1000), MOST_U16))
