"""The face of a player who has sent none: a sprite of eight by eight squares, mirrored as those of old games are.

It is drawn from the name, so everybody sees the same one, always, and nobody has to store it.
"""

from hashlib import sha256
from typing import Final

SIDE: Final = 8
HALF: Final = SIDE // 2
DENSITY: Final = (60, 130, 190, 225)
"""How many of 256 bytes light a square, by its column from the edge inwards: a body, with limbs at its sides."""
EDGE_DENSITY: Final = 110
"""No denser than this in the first row and the last, so that the outline is not a box."""


def sprite(username: str) -> str:
    """The path data of a player's sprite, in a square of SIDE by SIDE; names that differ in case only share it."""
    # One byte a square of the left half, which the right half mirrors.
    digest = sha256(username.casefold().encode()).digest()
    return "".join(
        f"M{start} {row}h{length}v1h-{length}z"
        for row in range(SIDE)
        for start, length in _runs(_lit(digest[row * HALF : (row + 1) * HALF], row))
    )


def _lit(row_bytes: bytes, row: int) -> list[bool]:
    at_edge = row in {0, SIDE - 1}
    left = [
        byte < (min(density, EDGE_DENSITY) if at_edge else density)
        for byte, density in zip(row_bytes, DENSITY, strict=True)
    ]
    return left + left[::-1]


def _runs(lit: list[bool]) -> list[tuple[int, int]]:
    """Start and length of each stretch of lit squares: one rectangle each."""
    found: list[tuple[int, int]] = []
    for column, on in enumerate(lit):
        if not on:
            continue
        start, length = found[-1] if found else (-1, 0)
        if start + length == column and found:
            found[-1] = (start, length + 1)
        else:
            found.append((column, 1))
    return found
