"""Where a ball in flight will be: straight lines, folded at the walls.

The engine moves by these and the computer opponent predicts by them. A wall only mirrors the ball's
height, so a flight of any length is one line, folded back into the court at its end.
"""

from pong.court import FACE_LEFT, FACE_RIGHT, WALL_BOTTOM, WALL_SPAN, WALL_TOP


def depth(x: int, vx: int) -> int:
    """How far the ball is past the paddle face that it flies towards; negative in front of it."""
    return x - FACE_RIGHT if vx > 0 else FACE_LEFT - x


def fold(y: int) -> int:
    """The height in the court of a ball that would be at `y` if there were no walls."""
    offset = (y - WALL_TOP) % (2 * WALL_SPAN)
    return WALL_TOP + min(offset, 2 * WALL_SPAN - offset)


def bounces(y: int) -> int:
    """How many walls a ball met that would be at `y` without them. Touching is not yet a bounce."""
    if y > WALL_BOTTOM:
        return (y - WALL_TOP - 1) // WALL_SPAN
    if y < WALL_TOP:
        return (WALL_BOTTOM - y - 1) // WALL_SPAN
    return 0


def share(value: int, part: int, whole: int) -> int:
    """`value` * `part` / `whole` towards zero, so that up and down are treated alike."""
    product = value * part
    return product // whole if product >= 0 else -(-product // whole)
