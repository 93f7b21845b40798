"""The default picture of a player without an avatar: a mirrored sprite of 8 by 8 squares.

It is computed from the name, so it is always the same for everyone and need not be stored.
"""

from hashlib import sha256
from typing import Final

SIDE_SQUARES: Final = 8
HALF_SIDE_SQUARES: Final = SIDE_SQUARES // 2
DENSITY: Final = (60, 130, 190, 225)
"""How many of 256 byte values light a square, by its column from the edge inwards: a body with limbs at its sides."""
EDGE_DENSITY: Final = 110
"""The highest density in the first and the last row, so that the outline is not a box."""


def sprite_path(username: str) -> str:
    """Return the SVG path of a player's sprite in a square of SIDE_SQUARES by SIDE_SQUARES. Names that differ only in
    case have the same sprite."""
    # One byte per square of the left half, which the right half mirrors.
    digest = sha256(username.casefold().encode()).digest()
    return "".join(
        f"M{start} {row}h{length}v1h-{length}z"
        for row in range(SIDE_SQUARES)
        for start, length in _lit_runs(
            _lit_squares(digest[row * HALF_SIDE_SQUARES : (row + 1) * HALF_SIDE_SQUARES], row)
        )
    )


def _lit_squares(row_bytes: bytes, row: int) -> list[bool]:
    at_edge = row in {0, SIDE_SQUARES - 1}
    left = [
        byte < (min(density, EDGE_DENSITY) if at_edge else density)
        for byte, density in zip(row_bytes, DENSITY, strict=True)
    ]
    return left + left[::-1]


def _lit_runs(lit: list[bool]) -> list[tuple[int, int]]:
    """Return start and length of each run of lit squares, which becomes one rectangle."""
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
