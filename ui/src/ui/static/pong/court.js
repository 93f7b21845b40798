/**
 * The constants of the game; libs/pong/src/pong/court.py has the reason of each, and a test keeps both equal. Sizes are
 * in court units, speeds in sub-units a tick, positions in sub-units.
 */

export const RULES_VERSION = 1;

export const TICKS_PER_SECOND = 60;
export const MAX_TICKS = 30 * 60 * TICKS_PER_SECOND;

export const POINTS_CHOICES = Object.freeze([3, 5, 7, 11, 21]);
export const NOBODY = 0;
export const LEFT = 1;
export const RIGHT = 2;
export const UP = -1;
export const STILL = 0;
export const DOWN = 1;

export const UNIT = 256;

export const COURT_WIDTH = 800;
export const COURT_HEIGHT = 500;
export const PADDLE_HEIGHT = 84;
export const PADDLE_WIDTH = 12;
export const PADDLE_INSET = 24;
export const BALL_SIZE = 12;

export const PADDLE_SPEED = 7 * UNIT;

export const SERVE_DELAY = 45;
export const SERVE_SPEED = 5 * UNIT;
export const SERVE_SLOPE_MIN = 20;
export const SERVE_SLOPE_MAX = 60;
export const SERVE_SLOPE_WHOLE = 100;

export const RALLY_SPEED = 7 * UNIT + UNIT / 2;
export const RALLY_STEP = UNIT / 2;
export const RALLY_SPEED_CAP = 16 * UNIT;

// The same court in sub-units, as the engine counts.

export const WALL_TOP = (BALL_SIZE * UNIT) / 2;
export const WALL_BOTTOM = COURT_HEIGHT * UNIT - WALL_TOP;
export const WALL_SPAN = WALL_BOTTOM - WALL_TOP;
export const PADDLE_TOP = (PADDLE_HEIGHT * UNIT) / 2;
export const PADDLE_BOTTOM = COURT_HEIGHT * UNIT - PADDLE_TOP;
export const FACE_LEFT = (PADDLE_INSET + PADDLE_WIDTH) * UNIT + (BALL_SIZE * UNIT) / 2;
export const FACE_RIGHT = COURT_WIDTH * UNIT - FACE_LEFT;
export const REACH = ((PADDLE_HEIGHT + BALL_SIZE) * UNIT) / 2;
export const BESIDE_DEPTH = (PADDLE_WIDTH + BALL_SIZE) * UNIT;
export const GOAL_DEPTH = FACE_LEFT;
export const MIDDLE_X = (COURT_WIDTH * UNIT) / 2;
export const MIDDLE_Y = (COURT_HEIGHT * UNIT) / 2;
