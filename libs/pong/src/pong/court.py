"""The constants of the game, each with its reason. Sizes are in court units, speeds in sub-units a tick.

A match is computed in whole numbers only, so that all machines agree on it: positions are counted in sub-units, `UNIT`
of them to one court unit.
"""

RULES_VERSION = 1
"""Version of the rules. Raise it with any change that alters a digest: a stored match is replayed by its own rules."""

TICKS_PER_SECOND = 60
MAX_TICKS = 30 * 60 * TICKS_PER_SECOND
"""Longest match, 30 min. A long match to 21 points takes about 12 min; this limit only bounds work."""

POINTS_CHOICES = (3, 5, 7, 11, 21)
NOBODY, LEFT, RIGHT = 0, 1, 2
UP, STILL, DOWN = -1, 0, 1

UNIT = 256
"""Sub-units in a court unit: enough for smooth bounce angles, few enough that every product stays below 2**31."""

COURT_WIDTH = 800
COURT_HEIGHT = 500
PADDLE_HEIGHT = 84
"""A sixth of the court's height: with six positions, waiting in the middle is never enough."""
PADDLE_WIDTH = 12
PADDLE_INSET = 24
"""From the edge of the court to the back of the paddle: room to see a ball that got past."""
BALL_SIZE = 12

PADDLE_SPEED = 7 * UNIT
"""From one end to the other in 60 ticks, 1 s. At top speed the ball crosses the court in 45 ticks: every ball can be
reached from the middle (30 ticks), not every one from the wrong corner."""

SERVE_DELAY = 45
"""Ticks before a serve, 0.75 s: long enough to read the score and to put the fingers back."""
SERVE_SPEED = 5 * UNIT
"""Horizontal speed of a serve. From the net it takes 72 ticks, 1.2 s: slower than any return, and longer than the
second between two looks of the computer, so that no serve comes as a surprise."""
SERVE_SLOPE_MIN, SERVE_SLOPE_MAX, SERVE_SLOPE_WHOLE = 20, 60, 100
"""Height over width of a serve, in hundredths. At least 0.2, because a flatter one would meet a paddle that waits in
the middle; at most 0.6, which lands 215 units away: 24 ticks of paddle, a third of the flight."""

RALLY_SPEED = 7 * UNIT + UNIT // 2
"""Horizontal speed of a return before `RALLY_STEP` is added: face to face in 95 ticks, 1.6 s."""
RALLY_STEP = UNIT // 2
RALLY_SPEED_CAP = 16 * UNIT
"""Highest horizontal speed: face to face in 45 ticks, 0.75 s, reached with the 17th hit. Most rallies end before; the
others are played at the limit of human reaction."""

# The same court in sub-units, as the engine counts.

WALL_TOP = BALL_SIZE * UNIT // 2
"""Position of the ball's centre when it bounces off the upper wall: half a ball from the edge."""
WALL_BOTTOM = COURT_HEIGHT * UNIT - WALL_TOP
WALL_SPAN = WALL_BOTTOM - WALL_TOP
PADDLE_TOP = PADDLE_HEIGHT * UNIT // 2
PADDLE_BOTTOM = COURT_HEIGHT * UNIT - PADDLE_TOP
FACE_LEFT = (PADDLE_INSET + PADDLE_WIDTH) * UNIT + BALL_SIZE * UNIT // 2
"""Position of the ball's centre when it touches the face of the left paddle."""
FACE_RIGHT = COURT_WIDTH * UNIT - FACE_LEFT
REACH = (PADDLE_HEIGHT + BALL_SIZE) * UNIT // 2
"""Largest distance of the centres at which the ball's corner still meets the paddle's."""
BESIDE_DEPTH = (PADDLE_WIDTH + BALL_SIZE) * UNIT
"""Distance behind the face up to which the ball still overlaps the paddle horizontally."""
GOAL_DEPTH = FACE_LEFT
"""Distance from the face to the edge of the court, where the point is lost."""
MIDDLE_X = COURT_WIDTH * UNIT // 2
MIDDLE_Y = COURT_HEIGHT * UNIT // 2
