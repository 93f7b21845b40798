/**
 * The rules of the game: a match is a state of whole numbers, and `step` advances it by one tick.
 *
 * Everything follows from `(rules, seed, points, inputs)`. The ball waits in the middle, then flies away from the side
 * that lost the last point. A paddle sends it back, steeper the farther from its middle it was hit, and a little faster
 * each time. A ball past the paddle and over the edge is a point for the other side.
 *
 * Twin of libs/pong/src/pong/engine.py; both must agree in every bit of every digest.
 */

import { countBounces, distancePastFace, foldAtWalls, scaleByRatio } from "./ball.js";
import {
  BESIDE_DEPTH,
  FACE_LEFT,
  FACE_RIGHT,
  GOAL_DEPTH,
  LEFT,
  MIDDLE_X,
  MIDDLE_Y,
  NOBODY,
  PADDLE_BOTTOM,
  PADDLE_SPEED,
  PADDLE_TOP,
  POINTS_CHOICES,
  RALLY_SPEED,
  RALLY_SPEED_CAP,
  RALLY_STEP,
  REACH,
  RIGHT,
  SERVE_DELAY,
  SERVE_SLOPE_MAX,
  SERVE_SLOPE_MIN,
  SERVE_SLOPE_WHOLE,
  SERVE_SPEED,
} from "./court.js";
import { advanceRng, randomBelow } from "./prng.js";

export {
  BALL_SIZE,
  COURT_HEIGHT,
  COURT_WIDTH,
  DOWN,
  LEFT,
  MAX_TICKS,
  NOBODY,
  PADDLE_HEIGHT,
  PADDLE_INSET,
  PADDLE_SPEED,
  PADDLE_WIDTH,
  POINTS_CHOICES,
  RALLY_SPEED_CAP,
  RIGHT,
  RULES_VERSION,
  SERVE_DELAY,
  STILL,
  TICKS_PER_SECOND,
  UNIT,
  UP,
} from "./court.js";

const DIGEST_START = 0x811c9dc5;
const DIGEST_PRIME = 0x01000193;
const SEED_LIMIT = 2 ** 32;

/** The settings of a match are not valid. */
export class BadSettings extends RangeError {
  /**
   * @param {string} name
   * @param {unknown} value
   */
  constructor(name, value) {
    super(`${name} cannot be ${JSON.stringify(value)}`);
    this.name = "BadSettings";
    this.setting = name;
    this.value = value;
  }
}

/**
 * A match at one tick. Positions are centres, in sub-units; speeds are sub-units a tick.
 * @typedef {object} State
 * @property {number} points
 * @property {number} rng
 * @property {number} server the side that lost the last point; the next serve flies away from it
 * @property {number} tick
 * @property {number} ballX
 * @property {number} ballY
 * @property {number} ballVx
 * @property {number} ballVy
 * @property {number} leftY
 * @property {number} rightY
 * @property {number} leftScore
 * @property {number} rightScore
 * @property {number} rally hits in the current rally
 * @property {number} serveIn ticks until the serve, 0 while the ball is in play
 * @property {number} winner
 * @property {number} leftHits
 * @property {number} rightHits
 * @property {number} longestRally
 */

/**
 * Returns a match before its first tick; the seed decides the first server and the angle of every serve.
 * @param {number} seed 0 <= seed < 2**32
 * @param {number} points one of POINTS_CHOICES
 * @returns {State}
 * @throws {BadSettings}
 */
export function newMatch(seed, points) {
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEED_LIMIT) {
    throw new BadSettings("seed", seed);
  }
  if (!POINTS_CHOICES.includes(points)) {
    throw new BadSettings("points", points);
  }
  const rng = advanceRng(seed);
  return {
    points,
    rng,
    server: LEFT + randomBelow(rng, 2),
    tick: 0,
    ballX: MIDDLE_X,
    ballY: MIDDLE_Y,
    ballVx: 0,
    ballVy: 0,
    leftY: MIDDLE_Y,
    rightY: MIDDLE_Y,
    leftScore: 0,
    rightScore: 0,
    rally: 0,
    serveIn: SERVE_DELAY,
    winner: NOBODY,
    leftHits: 0,
    rightHits: 0,
    longestRally: 0,
  };
}

/**
 * Advances the match by one tick with the keys held by each side. A finished match does not change.
 * @param {State} state
 * @param {number} left -1 up, 0 none, 1 down
 * @param {number} right
 */
export function step(state, left, right) {
  if (state.winner) {
    return;
  }
  state.tick += 1;
  state.leftY = movedPaddle(state.leftY, left * PADDLE_SPEED);
  state.rightY = movedPaddle(state.rightY, right * PADDLE_SPEED);
  if (state.serveIn) {
    waitForServe(state);
  } else {
    moveBall(state);
  }
}

/**
 * Returns a paddle's position after moving by `distance` sub-units, limited by the ends of the court.
 * @param {number} paddleY
 * @param {number} distance
 * @returns {number}
 */
export function movedPaddle(paddleY, distance) {
  return Math.max(PADDLE_TOP, Math.min(PADDLE_BOTTOM, paddleY + distance));
}

/**
 * Returns the ball's horizontal speed, in sub-units a tick, after the hit with this number in the rally.
 * @param {number} rally
 * @returns {number}
 */
export function returnSpeed(rally) {
  return Math.min(RALLY_SPEED + rally * RALLY_STEP, RALLY_SPEED_CAP);
}

/**
 * Returns 32 bits over every field. Two states that differ in a single field never share a digest.
 * @param {State} state
 * @returns {number}
 */
export function digest(state) {
  let word = DIGEST_START;
  word = mixIntoDigest(word, state.tick);
  word = mixIntoDigest(word, state.ballX);
  word = mixIntoDigest(word, state.ballY);
  word = mixIntoDigest(word, state.ballVx);
  word = mixIntoDigest(word, state.ballVy);
  word = mixIntoDigest(word, state.leftY);
  word = mixIntoDigest(word, state.rightY);
  word = mixIntoDigest(word, state.leftScore);
  word = mixIntoDigest(word, state.rightScore);
  word = mixIntoDigest(word, state.rally);
  word = mixIntoDigest(word, state.serveIn);
  word = mixIntoDigest(word, state.server);
  word = mixIntoDigest(word, state.winner);
  word = mixIntoDigest(word, state.rng);
  word = mixIntoDigest(word, state.points);
  word = mixIntoDigest(word, state.leftHits);
  word = mixIntoDigest(word, state.rightHits);
  return mixIntoDigest(word, state.longestRally);
}

/**
 * Adds a number to a 32-bit digest, as `digest` does with each field.
 * @param {number} word
 * @param {number} field
 * @returns {number}
 */
export function mixIntoDigest(word, field) {
  const mixed = Math.imul(word ^ field, DIGEST_PRIME);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/**
 * Returns a copy that can be advanced independently.
 * @param {State} state
 * @returns {State}
 */
export function copyMatch(state) {
  return { ...state };
}

/** @param {State} state */
function waitForServe(state) {
  state.serveIn -= 1;
  if (state.serveIn === 0) {
    serve(state);
  }
}

/** @param {State} state */
function serve(state) {
  state.rng = advanceRng(state.rng);
  const slopes = SERVE_SLOPE_MAX - SERVE_SLOPE_MIN + 1;
  const choice = randomBelow(state.rng, 2 * slopes);
  const slope = SERVE_SLOPE_MIN + Math.floor(choice / 2);
  const speed = scaleByRatio(SERVE_SPEED, slope, SERVE_SLOPE_WHOLE);
  state.ballVx = state.server === LEFT ? SERVE_SPEED : -SERVE_SPEED;
  state.ballVy = choice % 2 ? speed : -speed;
}

/** @param {State} state */
function moveBall(state) {
  const speed = Math.abs(state.ballVx);
  const before = distancePastFace(state.ballX, state.ballVx);
  const after = before + speed;
  if (before < 0 && after >= 0) {
    // Decided at the face itself, between two ticks, so that no speed can carry the ball through the paddle.
    const y = foldAtWalls(state.ballY + scaleByRatio(state.ballVy, -before, speed));
    if (meetsPaddle(state, y)) {
      hit(state, state.ballVx > 0 ? FACE_RIGHT : FACE_LEFT, y);
      return;
    }
  }
  fly(state);
  if (after >= GOAL_DEPTH) {
    score(state);
  } else if (after >= 0 && after <= BESIDE_DEPTH && meetsPaddle(state, state.ballY)) {
    // A late paddle meets the ball beside it: letting the ball through would look wrong.
    hit(state, state.ballX, state.ballY);
  }
}

/**
 * @param {State} state
 * @param {number} y
 */
function meetsPaddle(state, y) {
  const paddleY = state.ballVx > 0 ? state.rightY : state.leftY;
  return Math.abs(y - paddleY) <= REACH;
}

/**
 * Sends the ball back. It spends the rest of the tick on the paddle, where the hit can be seen.
 * @param {State} state
 * @param {number} x
 * @param {number} y
 */
function hit(state, x, y) {
  state.rally += 1;
  state.longestRally = Math.max(state.longestRally, state.rally);
  const speed = returnSpeed(state.rally);
  if (state.ballVx > 0) {
    state.rightHits += 1;
    state.ballVx = -speed;
    state.ballVy = scaleByRatio(speed, y - state.rightY, REACH);
  } else {
    state.leftHits += 1;
    state.ballVx = speed;
    state.ballVy = scaleByRatio(speed, y - state.leftY, REACH);
  }
  state.ballX = x;
  state.ballY = y;
}

/** @param {State} state */
function fly(state) {
  state.ballX += state.ballVx;
  const y = state.ballY + state.ballVy;
  if (countBounces(y)) {
    state.ballY = foldAtWalls(y);
    // `0 -`, because a plain minus would turn 0 into -0.
    state.ballVy = 0 - state.ballVy;
  } else {
    state.ballY = y;
  }
}

/** @param {State} state */
function score(state) {
  const scorer = state.ballVx > 0 ? LEFT : RIGHT;
  if (scorer === LEFT) {
    state.leftScore += 1;
    state.server = RIGHT;
  } else {
    state.rightScore += 1;
    state.server = LEFT;
  }
  state.ballX = MIDDLE_X;
  state.ballY = MIDDLE_Y;
  state.ballVx = 0;
  state.ballVy = 0;
  state.rally = 0;
  if ((scorer === LEFT ? state.leftScore : state.rightScore) === state.points) {
    state.winner = scorer;
  } else {
    state.serveIn = SERVE_DELAY;
  }
}
