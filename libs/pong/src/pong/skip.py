"""Many ticks in one stride. No twin: only the server is in a hurry.

Nearly every tick of a match is quiet: the ball flies straight or folds at a wall, the paddles move
or stand. Such ticks need no simulation, only multiplication. `glide` does to a match exactly what
as many calls of `step` would do, and `quiet_ticks` says how many it may be given; the tick on which
something is decided (a serve, a paddle, a point) is always left to `step`.
"""

from pong.ball import bounces, depth, fold
from pong.court import PADDLE_SPEED
from pong.engine import State, moved


def quiet_ticks(state: State) -> int:
    """How many of the next ticks are certain to decide nothing, whatever keys are held."""
    if state.winner:
        return 0
    if state.serve_in:
        return state.serve_in - 1
    ahead = -depth(state.ball_x, state.ball_vx)
    return (ahead - 1) // abs(state.ball_vx) if ahead > 0 else 0


def glide(state: State, left: int, right: int, ticks: int) -> None:
    """Moves the match by `ticks` ticks with the same keys held; at most `quiet_ticks` of them."""
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
