"""What the service and the process that makes its pictures agree on. Imports no image library: the service has none."""

import re
import struct
from collections.abc import Sequence
from enum import IntEnum

MAX_PICTURE_BYTES = 5 * 1024 * 1024
"""A photograph of a telephone, as it comes out of it."""
MAX_SIDE = 4096
"""Pixels; 64 MiB once it is decoded."""
SIZES = (64, 128, 512)
"""Pixels a side of what is kept: in a list, in a list on a dense screen, and on a page."""

BEGINNINGS = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP", re.DOTALL)
"""Of JPEG, PNG and WebP. What begins otherwise is not worth a process; what begins so may still be anything."""

_LENGTHS = struct.Struct(f">{len(SIZES)}I")


class Verdict(IntEnum):
    """The worker's exit code. Python's own, 1 and 2, are nobody's verdict but a bug's."""

    MADE = 0
    NOT_AN_IMAGE = 10
    TOO_BIG = 11


def pack(pictures: Sequence[bytes]) -> bytes:
    """Return what the worker writes: the lengths of all sizes, then their bytes."""
    return _LENGTHS.pack(*map(len, pictures)) + b"".join(pictures)


def unpack(written: bytes) -> list[bytes]:
    """Return the pictures in the order of SIZES.

    Raises:
        ValueError: the worker wrote something else.
    """
    lengths = _LENGTHS.unpack_from(written) if len(written) >= _LENGTHS.size else ()
    if not all(lengths) or _LENGTHS.size + sum(lengths) != len(written) or not lengths:
        raise ValueError("not what a worker writes")
    pictures, start = [], _LENGTHS.size
    for length in lengths:
        pictures.append(written[start : start + length])
        start += length
    return pictures
