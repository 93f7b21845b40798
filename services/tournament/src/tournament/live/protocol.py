"""The messages of a live match, one struct each; docs/live-matches.md lists them."""

import struct
from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

from pong.court import DOWN, UP
from pong.engine import State, digest, state_fields

PROTOCOL_VERSION: Final = 1
LARGEST_FRAME_BYTES: Final = 64
"""The largest frame accepted from a client; their largest message has 11 bytes."""
CLOCK_UNIT: Final = 256
"""Clock values are sent in units of 1/256 tick."""
MAX_U16: Final = 2**16 - 1


class Phase(IntEnum):
    """The phase of a match."""

    WAITING = 0
    COUNTDOWN = 1
    PLAYING = 2
    AWAY = 3
    SUSPENDED = 4
    OVER = 5


class EndReason(IntEnum):
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


class MessageRefused(Exception):
    """A client's message breaks the protocol; its connection is closed with this code."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


# Messages from clients.


class KeysMessage(NamedTuple):
    """`KEYS`: the keys that the player holds from this tick on."""

    tick: int
    keys: int


class EchoMessage(NamedTuple):
    """`ECHO`: the answer to a beat, with the digest of the client's state at a tick."""

    number: int
    tick: int
    digest: int


class ResignMessage(NamedTuple):
    """`RESIGN`: the player gives up."""


ClientMessage = KeysMessage | EchoMessage | ResignMessage

_PRESSED, _ECHO, _RESIGNED = 1, 2, 3
_PRESSED_BODY = Struct("!xIb")
_ECHO_BODY = Struct("!xHII")
_RESIGNED_BODY = Struct("!x")


def decode_client_message(frame: bytes) -> ClientMessage:
    """Return the message in a frame.

    Raises:
        MessageRefused: the frame is too large, of an unknown type or a wrong length, or names keys that do not exist.
    """
    if len(frame) > LARGEST_FRAME_BYTES:
        raise MessageRefused(CloseCode.TOO_LARGE)
    try:
        return _decode(frame)
    except (struct.error, IndexError) as error:
        raise MessageRefused(CloseCode.MALFORMED) from error


def _decode(frame: bytes) -> ClientMessage:
    kind = frame[0]
    if kind == _ECHO:
        return EchoMessage._make(_ECHO_BODY.unpack(frame))
    if kind == _PRESSED:
        pressed = KeysMessage._make(_PRESSED_BODY.unpack(frame))
        if UP <= pressed.keys <= DOWN:
            return pressed
    if kind == _RESIGNED:
        return ResignMessage._make(_RESIGNED_BODY.unpack(frame))
    raise MessageRefused(CloseCode.MALFORMED)


# Messages from the server.

_WELCOME = Struct("!BBBHBI")
_SNAPSHOT = Struct("!BI6i2BI3BIB3Ibb2I")
_PHASE = Struct("!BBIB4BH")
_KEYS = Struct("!BIBb")
_LATE = Struct("!BIIb")
_BEAT = Struct("!BHIIiHH2I")
_END = Struct("!B4BII4HB2I")


def pack_welcome(side: int, *, rules: int, points: int, seed: int) -> bytes:
    return _WELCOME.pack(16, PROTOCOL_VERSION, side, rules, points, seed)


def pack_snapshot(state: State, held: tuple[int, int], complete_until: tuple[int, int]) -> bytes:
    return _SNAPSHOT.pack(17, *state_fields(state), *held, *complete_until)


def pack_phase(
    current: Phase,
    *,
    tick: int,
    delay: int,
    here: tuple[bool, bool],
    absences: tuple[int, int],
    left_seconds: float,
) -> bytes:
    return _PHASE.pack(18, current, tick, delay, *here, *absences, to_milliseconds(left_seconds))


def pack_keys(tick: int, side: int, held: int) -> bytes:
    return _KEYS.pack(19, tick, side, held)


def pack_late(asked: int, tick: int, held: int) -> bytes:
    return _LATE.pack(20, asked, tick, held)


def pack_beat(
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
        *(to_milliseconds(seconds) for seconds in rtt),
        *complete_until,
    )


def pack_end(
    reason: EndReason,
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
        *(min(count, MAX_U16) for count in late),
        *(to_milliseconds(seconds) for seconds in rtt),
        delay,
        *complete_until,
    )


def to_milliseconds(seconds: float) -> int:
    """Return whole milliseconds, limited to 16 bits (about 65 s, more than any value sent)."""
    return max(0, min(round(seconds * 1000), MAX_U16))
