"""The numbers of the game, each with its reason. Sizes are court units, speeds sub-units a tick.

A match is decided by whole numbers only, so that every machine that plays it agrees: a position is
counted in sub-units, `UNIT` of them to one court unit.
"""

RULES_VERSION = 1
"""Raise it with any change that moves a single digest: a stored match replays under its own rules."""

TICKS_PER_SECOND = 60
MAX_TICKS = 30 * 60 * TICKS_PER_SECOND
"""Half an hour. A first-to-21 of long rallies takes about twelve minutes; this only bounds work."""

POINTS_CHOICES = (3, 5, 7, 11, 21)
NOBODY, LEFT, RIGHT = 0, 1, 2
UP, STILL, DOWN = -1, 0, 1

UNIT = 256
"""Fine enough that a bounce angle is smooth, small enough that every product stays below 2**31."""

COURT_WIDTH = 800
COURT_HEIGHT = 500
PADDLE_HEIGHT = 84
"""A sixth of the height: six places to stand, so that waiting in the middle is never enough."""
PADDLE_WIDTH = 12
PADDLE_INSET = 24
"""From the edge of the court to the back of the paddle: room to see a ball that got past."""
BALL_SIZE = 12

PADDLE_SPEED = 7 * UNIT
"""From one end to the other in 60 ticks, one second. At the ball's top speed a crossing takes 45
ticks: every ball can be reached from the middle (30 ticks), not every one from the wrong corner."""

SERVE_DELAY = 45
"""Ticks, 0.75 s: long enough to see the score and put the fingers back."""
SERVE_SPEED = 5 * UNIT
"""The ball starts at the net, half a court away; at this speed that is 72 ticks, 1.2 s. Slower than
any return and longer than the second between two looks of the computer, so it surprises nobody."""
SERVE_SLOPE_MIN, SERVE_SLOPE_MAX, SERVE_SLOPE_WHOLE = 20, 60, 100
"""Height over width of a serve. At least 0.2, because a flatter one would meet a paddle that waits
in the middle; at most 0.6, which lands 215 units away: 24 ticks of paddle, a third of the flight."""

RALLY_SPEED = 7 * UNIT + UNIT // 2
"""Horizontal speed of a return before the rally has lasted: face to face in 95 ticks, 1.6 s."""
RALLY_STEP = UNIT // 2
RALLY_SPEED_CAP = 16 * UNIT
"""Face to face in 45 ticks, 0.75 s, reached with the 17th hit: most rallies end on the way there,
and one that does not is played at the limit of what hands can do."""

# What follows is the same court in sub-units, as the engine counts.

WALL_TOP = BALL_SIZE * UNIT // 2
"""Where the ball's centre turns round, half a ball before the edge."""
WALL_BOTTOM = COURT_HEIGHT * UNIT - WALL_TOP
WALL_SPAN = WALL_BOTTOM - WALL_TOP
PADDLE_TOP = PADDLE_HEIGHT * UNIT // 2
PADDLE_BOTTOM = COURT_HEIGHT * UNIT - PADDLE_TOP
FACE_LEFT = (PADDLE_INSET + PADDLE_WIDTH) * UNIT + BALL_SIZE * UNIT // 2
"""The ball's centre when it touches the left paddle's face."""
FACE_RIGHT = COURT_WIDTH * UNIT - FACE_LEFT
REACH = (PADDLE_HEIGHT + BALL_SIZE) * UNIT // 2
"""Centre to centre, the farthest at which the ball's corner still meets the paddle's."""
BESIDE_DEPTH = (PADDLE_WIDTH + BALL_SIZE) * UNIT
"""How far behind the face the ball still overlaps the paddle sideways."""
GOAL_DEPTH = FACE_LEFT
"""How far behind the face lies the edge of the court, where the point is lost."""
MIDDLE_X = COURT_WIDTH * UNIT // 2
MIDDLE_Y = COURT_HEIGHT * UNIT // 2
