/**
 * The computer opponent: it looks at the court once a second and uses the same keys as a person.
 *
 * Between two looks it knows only what the last one showed, and the position of its own paddle. A level is a few
 * numbers: the error of its predictions, whether it reckons with the walls, when it looks, where it waits, whether it
 * aims. All randomness comes from the seed, so a match can be replayed. Twin of libs/pong/src/pong/ai.py.
 */

import { distancePastFace, foldAtWalls, scaleByRatio } from "./ball.js";
import {
  DOWN,
  FACE_LEFT,
  FACE_RIGHT,
  LEFT,
  MIDDLE_Y,
  PADDLE_BOTTOM,
  PADDLE_SPEED,
  PADDLE_TOP,
  REACH,
  RIGHT,
  STILL,
  TICKS_PER_SECOND,
  UNIT,
  UP,
  WALL_BOTTOM,
  WALL_TOP,
} from "./court.js";
import { BadSettings, returnSpeed } from "./engine.js";
import { advanceRng, randomBelow, scrambleRng } from "./prng.js";

/** @typedef {import("./engine.js").State} State */

/** Least number of ticks from one look to the next. This rule makes the computer fair. */
export const TICKS_BETWEEN_LOOKS = TICKS_PER_SECOND;

/** Distance from the target within which the paddle stays: one step of it. A smaller zone would make it tremble. */
const DEAD_ZONE = PADDLE_SPEED;

/** Mixed into the seed, so that the opponent's random numbers differ from those of the serves. */
const SEED_TWIST = 0x50e6a1;

/**
 * The parameters of a level.
 * @typedef {object} Level
 * @property {number} mistiming largest error of a prediction, in hundredths of a tick of flight
 * @property {boolean} walls reckons with bounces; otherwise it expects the ball to slide along the walls
 * @property {boolean} timesLooks waits with its look until the other side has hit the ball
 * @property {boolean} returns returns to the middle after a hit
 * @property {number} aim largest distance from the paddle's middle, in sub-units, at which it hits on purpose
 */

/** @type {Readonly<Record<string, Level>>} */
const LEVEL_TRAITS = Object.freeze({
  easy: { mistiming: 1400, walls: false, timesLooks: false, returns: false, aim: 0 },
  normal: { mistiming: 620, walls: true, timesLooks: false, returns: true, aim: 0 },
  hard: { mistiming: 250, walls: true, timesLooks: true, returns: true, aim: 32 * UNIT },
});

export const LEVELS = Object.freeze(Object.keys(LEVEL_TRAITS));

/**
 * The state of a computer opponent: its plan since the last look.
 * @typedef {object} Ai
 * @property {Level} level
 * @property {number} side
 * @property {number} rng
 * @property {number} nextLook
 * @property {number} aimY target of the paddle's middle until `aimUntil`
 * @property {number} aimUntil the tick at which the ball is expected
 * @property {number} waitY target of the paddle's middle from then on
 */

/**
 * Returns a computer opponent that has not looked yet.
 * @param {string} level one of LEVELS
 * @param {number} seed the match's seed
 * @param {number} side LEFT or RIGHT
 * @returns {Ai}
 * @throws {BadSettings}
 */
export function newAi(level, seed, side) {
  if (!LEVELS.includes(level)) {
    throw new BadSettings("level", level);
  }
  if (side !== LEFT && side !== RIGHT) {
    throw new BadSettings("side", side);
  }
  return {
    level: LEVEL_TRAITS[level],
    side,
    rng: scrambleRng((seed ^ (SEED_TWIST * side)) >>> 0),
    nextLook: 0,
    aimY: MIDDLE_Y,
    aimUntil: 0,
    waitY: MIDDLE_Y,
  };
}

/**
 * Returns the key held in the coming tick: UP, STILL or DOWN. Call it once before each `step`.
 * @param {Ai} ai
 * @param {State} state
 * @returns {number}
 */
export function chooseKey(ai, state) {
  if (state.tick >= ai.nextLook) {
    look(ai, state);
  }
  return keyTowardsTarget(ai, state);
}

/**
 * Returns a copy that can be advanced independently.
 * @param {Ai} ai
 * @returns {Ai}
 */
export function copyAi(ai) {
  return { ...ai };
}

/**
 * @param {Ai} ai
 * @param {State} state
 */
function look(ai, state) {
  ai.nextLook = state.tick + TICKS_BETWEEN_LOOKS;
  ai.aimUntil = state.tick;
  if (ai.level.returns) {
    ai.waitY = MIDDLE_Y;
  }
  if (!state.ballVx) {
    return;
  }
  const coming = state.ballVx > 0 === (ai.side === RIGHT);
  const ahead = -distancePastFace(state.ballX, state.ballVx);
  if (coming && ahead > 0) {
    planHit(ai, state, ahead);
  }
  if (ai.level.timesLooks) {
    ai.nextLook = Math.max(ai.nextLook, state.tick + ticksUntilTheirHit(state, ahead, coming));
  }
}

/**
 * @param {Ai} ai
 * @param {State} state
 * @param {number} ahead
 */
function planHit(ai, state, ahead) {
  const speed = Math.abs(state.ballVx);
  const flight = ticksForDistance(ahead, speed);
  const y = predictArrival(ai, state.ballY + scaleByRatio(state.ballVy, ahead, speed), speed);
  const offset = ai.level.aim ? aimedOffset(ai, state, y) : 0;
  ai.aimY = Math.max(PADDLE_TOP, Math.min(PADDLE_BOTTOM, y - offset));
  ai.aimUntil = state.tick + flight;
  if (!ai.level.returns) {
    ai.waitY = ai.aimY;
  }
}

/**
 * @param {Ai} ai
 * @param {number} y
 * @param {number} speed
 */
function predictArrival(ai, y, speed) {
  const seen = ai.level.walls ? foldAtWalls(y) : Math.max(WALL_TOP, Math.min(WALL_BOTTOM, y));
  const error = scaleByRatio(speed, ai.level.mistiming, 100);
  ai.rng = advanceRng(ai.rng);
  return seen + randomBelow(ai.rng, Math.floor((2 * error) / UNIT) + 1) * UNIT - error;
}

/**
 * Returns, of two hits above and below the paddle's middle, the one that lands farther from the other paddle.
 * @param {Ai} ai
 * @param {State} state
 * @param {number} y
 */
function aimedOffset(ai, state, y) {
  ai.rng = advanceRng(ai.rng);
  const offset = randomBelow(ai.rng, Math.floor(ai.level.aim / UNIT) + 1) * UNIT;
  const otherY = ai.side === RIGHT ? state.leftY : state.rightY;
  const farBelow = Math.abs(landingHeight(y, offset) - otherY);
  const farAbove = Math.abs(landingHeight(y, -offset) - otherY);
  return farBelow > farAbove ? offset : -offset;
}

/**
 * @param {number} y
 * @param {number} offset
 */
function landingHeight(y, offset) {
  return foldAtWalls(y + scaleByRatio(FACE_RIGHT - FACE_LEFT, offset, REACH));
}

/**
 * @param {State} state
 * @param {number} ahead
 * @param {boolean} coming
 */
function ticksUntilTheirHit(state, ahead, coming) {
  const until = ticksForDistance(ahead, Math.abs(state.ballVx));
  return coming
    ? until + ticksForDistance(FACE_RIGHT - FACE_LEFT, returnSpeed(state.rally + 1))
    : until;
}

/**
 * @param {number} distance
 * @param {number} speed
 */
function ticksForDistance(distance, speed) {
  return Math.floor((distance + speed - 1) / speed);
}

/**
 * @param {Ai} ai
 * @param {State} state
 */
function keyTowardsTarget(ai, state) {
  const targetY = state.tick < ai.aimUntil ? ai.aimY : ai.waitY;
  const distance = targetY - (ai.side === RIGHT ? state.rightY : state.leftY);
  if (distance > DEAD_ZONE) {
    return DOWN;
  }
  return distance < -DEAD_ZONE ? UP : STILL;
}
