"""An input log as bytes, for the database: a typical match of 5 points takes 260.

The same match is 1,800 bytes of JSON and 950 of MessagePack. Compressing what is written here gains
nothing below 2 kB, and above that PostgreSQL compresses by itself.

One variable-length number for the ticks, then one a change: the ticks since the change before, times
nine, plus the two sides' keys as a number below nine. Seven bits a byte, lowest first, the eighth set
where more follow.
"""

from collections.abc import Iterator

from pong.log import Change, InputLog, LogLike

KEYS = 3
"""Up, still, down: -1, 0, 1 on the wire, 0, 1, 2 here."""
PAIRS = KEYS * KEYS


def pack(log: LogLike) -> bytes:
    """Return the bytes of a log that `pong.log.replay` has accepted."""
    packed = bytearray()
    _append(packed, log.ticks)
    before = 0
    for tick, left, right in log.changes:
        _append(packed, (tick - before) * PAIRS + (left + 1) * KEYS + right + 1)
        before = tick
    return bytes(packed)


def unpack(packed: bytes) -> InputLog:
    """Return the log that `pack` was given."""
    numbers = _numbers(packed)
    return InputLog(next(numbers), list(_changes(numbers)))


def _append(packed: bytearray, number: int) -> None:
    while number >= 0x80:  # noqa: PLR2004 - what seven bits cannot hold
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    packed.append(number)


def _changes(numbers: Iterator[int]) -> Iterator[Change]:
    tick = 0
    for number in numbers:
        gap, keys = divmod(number, PAIRS)
        tick += gap
        left, right = divmod(keys, KEYS)
        yield tick, left - 1, right - 1


def _numbers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield number
            number = shift = 0
