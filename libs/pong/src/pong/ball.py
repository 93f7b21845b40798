"""Computes where a ball in flight will be: straight lines, folded at the walls.

The engine moves the ball by these functions, and the computer opponent predicts by them. A wall only mirrors the
ball's height, so a flight of any length is one line, folded back into the court at its end.
"""

from pong.court import FACE_LEFT, FACE_RIGHT, WALL_BOTTOM, WALL_SPAN, WALL_TOP


def distance_past_face(x: int, vx: int) -> int:
    """Return how far the ball is past the paddle face that it flies towards, in sub-units; negative in front of it."""
    return x - FACE_RIGHT if vx > 0 else FACE_LEFT - x


def fold_at_walls(y: int) -> int:
    """Return the height in the court of a ball that would be at `y` without walls, in sub-units."""
    offset = (y - WALL_TOP) % (2 * WALL_SPAN)
    return WALL_TOP + min(offset, 2 * WALL_SPAN - offset)


def count_bounces(y: int) -> int:
    """Return how many walls a ball has met that would be at `y` without them. Touching a wall is not yet a bounce."""
    if y > WALL_BOTTOM:
        return (y - WALL_TOP - 1) // WALL_SPAN
    if y < WALL_TOP:
        return (WALL_BOTTOM - y - 1) // WALL_SPAN
    return 0


def scale_by_ratio(value: int, part: int, whole: int) -> int:
    """Return `value` * `part` / `whole`, rounded towards zero so that up and down are treated alike."""
    product = value * part
    return product // whole if product >= 0 else -(-product // whole)
