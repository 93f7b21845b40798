"""Limits and formats shared by the service and its picture worker. Imports no image library, because the service has
none."""

import re
import struct
from collections.abc import Sequence
from enum import IntEnum

MAX_PICTURE_BYTES = 5 * 1024 * 1024
"""Bytes of an uploaded picture: enough for an unedited photograph from a phone."""
MAX_SIDE = 4096
"""Pixels per side; 64 MiB once decoded."""
SIZES = (64, 128, 512)
"""Pixels per side of the stored sizes: for a list, for a list on a dense screen, and for a page."""

FILE_SIGNATURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP", re.DOTALL)
"""First bytes of JPEG, PNG and WebP. Files that begin otherwise are rejected without a process; matching ones may still
be invalid."""

_LENGTHS = struct.Struct(f">{len(SIZES)}I")


class WorkerExitCode(IntEnum):
    """The worker's exit code. Python's own exit codes, 1 and 2, mean a bug."""

    MADE = 0
    NOT_AN_IMAGE = 10
    TOO_BIG = 11


def pack_pictures(pictures: Sequence[bytes]) -> bytes:
    """Return the worker's output: the lengths of all sizes, then their bytes."""
    return _LENGTHS.pack(*map(len, pictures)) + b"".join(pictures)


def unpack_pictures(written: bytes) -> list[bytes]:
    """Return the pictures in the order of SIZES.

    Raises:
        ValueError: the data does not have the worker's format.
    """
    lengths = _LENGTHS.unpack_from(written) if len(written) >= _LENGTHS.size else ()
    if not all(lengths) or _LENGTHS.size + sum(lengths) != len(written) or not lengths:
        raise ValueError("not what a worker writes")
    pictures, start = [], _LENGTHS.size
    for length in lengths:
        pictures.append(written[start : start + length])
        start += length
    return pictures
