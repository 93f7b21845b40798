/**
 * The computer opponent: one look at the court a second, then the same keys that a person has.
 *
 * Between two looks it knows only what the last one showed, and where its own paddle is, which is
 * its own hand. A level is a few numbers: how far off its predictions are, whether it reckons with
 * the walls, when it looks, where it waits, whether it aims. All chance comes from the seed, so a
 * match can be replayed. Twin of libs/pong/src/pong/ai.py.
 */

import { depth, fold, share } from "./ball.js";
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
import { advance, pick, scramble } from "./prng.js";

/** @typedef {import("./engine.js").State} State */

/** Ticks from one look to the next, at the least. The rule that makes the computer fair. */
export const LOOK_EVERY = TICKS_PER_SECOND;

/** Closer than one step of the paddle is close enough; a smaller zone would make it tremble. */
const DEAD_ZONE = PADDLE_SPEED;

/** Keeps the opponent's chance apart from the serves', which grow from the same seed. */
const SEED_TWIST = 0x50e6a1;

/**
 * What sets one opponent apart from another.
 * @typedef {object} Level
 * @property {number} mistiming hundredths of a tick of flight by which a prediction may be off
 * @property {boolean} walls reckons with the walls; without, it expects a ball to slide along them
 * @property {boolean} timesLooks saves its look for the moment after the other side's hit
 * @property {boolean} returns goes back towards the middle after a hit
 * @property {number} aim sub-units from the paddle's middle within which it hits on purpose
 */

/** @type {Readonly<Record<string, Level>>} */
const LEVEL_TRAITS = Object.freeze({
  easy: { mistiming: 1400, walls: false, timesLooks: false, returns: false, aim: 0 },
  normal: { mistiming: 620, walls: true, timesLooks: false, returns: true, aim: 0 },
  hard: { mistiming: 250, walls: true, timesLooks: true, returns: true, aim: 32 * UNIT },
});

export const LEVELS = Object.freeze(Object.keys(LEVEL_TRAITS));

/**
 * An opponent's mind: its plan since the last look.
 * @typedef {object} Ai
 * @property {Level} level
 * @property {number} side
 * @property {number} rng
 * @property {number} nextLook
 * @property {number} aimY where it wants its paddle's middle until the ball has come,
 * @property {number} aimUntil which it expects at this tick,
 * @property {number} waitY and where it wants it afterwards
 */

/**
 * An opponent that has not looked yet.
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
    rng: scramble((seed ^ (SEED_TWIST * side)) >>> 0),
    nextLook: 0,
    aimY: MIDDLE_Y,
    aimUntil: 0,
    waitY: MIDDLE_Y,
  };
}

/**
 * The key it holds in the coming tick: UP, STILL or DOWN. Call it once before each `step`.
 * @param {Ai} ai
 * @param {State} state
 * @returns {number}
 */
export function decide(ai, state) {
  if (state.tick >= ai.nextLook) {
    look(ai, state);
  }
  return key(ai, state);
}

/**
 * An opponent that can go on without the other.
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
  ai.nextLook = state.tick + LOOK_EVERY;
  ai.aimUntil = state.tick;
  if (ai.level.returns) {
    ai.waitY = MIDDLE_Y;
  }
  if (!state.ballVx) {
    return;
  }
  const coming = state.ballVx > 0 === (ai.side === RIGHT);
  const ahead = -depth(state.ballX, state.ballVx);
  if (coming && ahead > 0) {
    planHit(ai, state, ahead);
  }
  if (ai.level.timesLooks) {
    ai.nextLook = Math.max(ai.nextLook, state.tick + untilTheirHit(state, ahead, coming));
  }
}

/**
 * @param {Ai} ai
 * @param {State} state
 * @param {number} ahead
 */
function planHit(ai, state, ahead) {
  const speed = Math.abs(state.ballVx);
  const flight = ticks(ahead, speed);
  const y = foresee(ai, state.ballY + share(state.ballVy, ahead, speed), speed);
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
function foresee(ai, y, speed) {
  const seen = ai.level.walls ? fold(y) : Math.max(WALL_TOP, Math.min(WALL_BOTTOM, y));
  const error = share(speed, ai.level.mistiming, 100);
  ai.rng = advance(ai.rng);
  return seen + pick(ai.rng, Math.floor((2 * error) / UNIT) + 1) * UNIT - error;
}

/**
 * Of two hits, one above and one below the paddle's middle, the one that lands farther away.
 * @param {Ai} ai
 * @param {State} state
 * @param {number} y
 */
function aimedOffset(ai, state, y) {
  ai.rng = advance(ai.rng);
  const offset = pick(ai.rng, Math.floor(ai.level.aim / UNIT) + 1) * UNIT;
  const otherY = ai.side === RIGHT ? state.leftY : state.rightY;
  const farBelow = Math.abs(landing(y, offset) - otherY);
  const farAbove = Math.abs(landing(y, -offset) - otherY);
  return farBelow > farAbove ? offset : -offset;
}

/**
 * @param {number} y
 * @param {number} offset
 */
function landing(y, offset) {
  return fold(y + share(FACE_RIGHT - FACE_LEFT, offset, REACH));
}

/**
 * @param {State} state
 * @param {number} ahead
 * @param {boolean} coming
 */
function untilTheirHit(state, ahead, coming) {
  const until = ticks(ahead, Math.abs(state.ballVx));
  return coming ? until + ticks(FACE_RIGHT - FACE_LEFT, returnSpeed(state.rally + 1)) : until;
}

/**
 * @param {number} distance
 * @param {number} speed
 */
function ticks(distance, speed) {
  return Math.floor((distance + speed - 1) / speed);
}

/**
 * @param {Ai} ai
 * @param {State} state
 */
function key(ai, state) {
  const targetY = state.tick < ai.aimUntil ? ai.aimY : ai.waitY;
  const distance = targetY - (ai.side === RIGHT ? state.rightY : state.leftY);
  if (distance > DEAD_ZONE) {
    return DOWN;
  }
  return distance < -DEAD_ZONE ? UP : STILL;
}
