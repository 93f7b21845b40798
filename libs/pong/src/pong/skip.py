"""Advances a match by many ticks at once. It has no twin, because only the server needs the speed.

Nearly every tick of a match is quiet: the ball flies straight or folds at a wall, the paddles move or stand. Such ticks
need no simulation, only multiplication. `glide` has exactly the effect of as many calls of `step`, and `quiet_ticks`
limits it; a tick on which something is decided (a serve, a hit, a point) is always left to `step`.
"""

from pong.ball import bounces, depth, fold
from pong.court import PADDLE_SPEED
from pong.engine import State, moved


def quiet_ticks(state: State) -> int:
    """Return how many of the next ticks will certainly decide nothing, whatever keys are held."""
    if state.winner:
        return 0
    if state.serve_in:
        return state.serve_in - 1
    ahead = -depth(state.ball_x, state.ball_vx)
    return (ahead - 1) // abs(state.ball_vx) if ahead > 0 else 0


def glide(state: State, left: int, right: int, ticks: int) -> None:
    """Advance the match by `ticks` ticks, at most `quiet_ticks`, with the same keys held."""
    state.tick += ticks
    if left:
        state.left_y = moved(state.left_y, left * PADDLE_SPEED * ticks)
    if right:
        state.right_y = moved(state.right_y, right * PADDLE_SPEED * ticks)
    if state.serve_in:
        state.serve_in -= ticks
        return
    state.ball_x += state.ball_vx * ticks
    y = state.ball_y + state.ball_vy * ticks
    met = bounces(y)
    if met:
        y = fold(y)
        if met % 2:
            state.ball_vy = -state.ball_vy
    state.ball_y = y
