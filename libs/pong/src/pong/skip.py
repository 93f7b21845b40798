"""Advances a match by many ticks at once. It has no twin, because only the server needs the speed.

In nearly every tick nothing is decided: the ball flies straight or bounces off a wall, the paddles move or stand. Such
ticks need no simulation, only multiplication. `advance_without_event` has exactly the effect of as many calls of
`step`, and `ticks_without_event` limits it. A tick with an event (a serve, a hit, a point) is always left to `step`.
"""

from pong.ball import count_bounces, distance_past_face, fold_at_walls
from pong.court import PADDLE_SPEED
from pong.engine import State, moved_paddle


def ticks_without_event(state: State) -> int:
    """Return how many of the next ticks will certainly decide nothing, whatever keys are held."""
    if state.winner:
        return 0
    if state.serve_in:
        return state.serve_in - 1
    ahead = -distance_past_face(state.ball_x, state.ball_vx)
    return (ahead - 1) // abs(state.ball_vx) if ahead > 0 else 0


def advance_without_event(state: State, left: int, right: int, ticks: int) -> None:
    """Advance the match by `ticks` ticks, at most `ticks_without_event`, with the same keys held."""
    state.tick += ticks
    if left:
        state.left_y = moved_paddle(state.left_y, left * PADDLE_SPEED * ticks)
    if right:
        state.right_y = moved_paddle(state.right_y, right * PADDLE_SPEED * ticks)
    if state.serve_in:
        state.serve_in -= ticks
        return
    state.ball_x += state.ball_vx * ticks
    y = state.ball_y + state.ball_vy * ticks
    met = count_bounces(y)
    if met:
        y = fold_at_walls(y)
        if met % 2:
            state.ball_vy = -state.ball_vy
    state.ball_y = y
