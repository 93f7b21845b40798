/**
 * Computes pictures between ticks: positions of the last tick, the latest event, and the glow and trail after it.
 * Counts in ticks, so that it looks the same at every display rate. Independent of the page.
 */

import { LEFT, MIDDLE_X, MIDDLE_Y, NOBODY, RIGHT, UNIT } from "../pong/court.js";

/** Ticks that a paddle stays lit after a hit. */
const GLOW_TICKS = 9;
/** Ticks of the ball's path that stay visible. */
export const TRAIL_TICKS = 7;

/** @typedef {import("../pong/engine.js").State} State */
/** @typedef {"wall" | "paddle" | "point" | "win" | null} Happening */

/**
 * The picture to draw; positions are centres, in court units.
 * @typedef {object} Picture
 * @property {number} ballX
 * @property {number} ballY
 * @property {number} leftY
 * @property {number} rightY
 * @property {number} leftScore
 * @property {number} rightScore
 * @property {number} leftGlow 1 just hit … 0
 * @property {number} rightGlow
 * @property {number} scorer the side of the last point, until the ball flies again
 * @property {boolean} showsBall
 * @property {[number, number][]} trail oldest first
 */

/**
 * Creates a motion that starts with a state.
 * @param {State} first
 */
export function createMotion(first) {
  let before = places(first);
  let now = places(first);
  let leftGlow = 0;
  let rightGlow = 0;
  let scorer = NOBODY;
  /** @type {[number, number][]} */
  let trail = [];

  function settle(state) {
    before = places(state);
    now = before;
    leftGlow = 0;
    rightGlow = 0;
    scorer = state.winner;
    trail = [];
  }

  function fade() {
    leftGlow = Math.max(0, leftGlow - 1);
    rightGlow = Math.max(0, rightGlow - 1);
    trail.push([now.ballX, now.ballY]);
    if (trail.length > TRAIL_TICKS) trail.shift();
  }

  function light(happening) {
    if (happening === "paddle" && now.ballVx > 0) leftGlow = GLOW_TICKS;
    if (happening === "paddle" && now.ballVx < 0) rightGlow = GLOW_TICKS;
    if (happening === "point" || happening === "win") {
      scorer = now.leftScore > before.leftScore ? LEFT : RIGHT;
      // The ball is placed in the middle, without a flight there.
      before = { ...before, ballX: now.ballX, ballY: now.ballY };
      trail = [];
    } else if (now.ballVx !== 0) {
      scorer = NOBODY;
    }
  }

  return {
    /**
     * Takes the state after a step; call it after every step.
     * @param {State} state
     * @returns {Happening}
     */
    follow(state) {
      fade();
      before = now;
      now = places(state);
      const happening = compare(before, now);
      light(happening);
      return happening;
    },

    /** Takes a state without motion; call it after a jump. */
    settle,

    /**
     * Returns the picture of a moment.
     * @param {number} between  0 a tick ago … 1 now
     * @returns {Picture}
     */
    picture(between) {
      return {
        ballX: blend(before.ballX, now.ballX, between),
        ballY: blend(before.ballY, now.ballY, between),
        leftY: blend(before.leftY, now.leftY, between),
        rightY: blend(before.rightY, now.rightY, between),
        leftScore: now.leftScore,
        rightScore: now.rightScore,
        leftGlow: leftGlow / GLOW_TICKS,
        rightGlow: rightGlow / GLOW_TICKS,
        scorer,
        showsBall: now.winner === NOBODY,
        trail: trail.map(([x, y]) => [x / UNIT, y / UNIT]),
      };
    },
  };
}

/**
 * Returns the court before the first serve.
 * @returns {Picture}
 */
export function emptyPicture() {
  const middle = { ballX: MIDDLE_X / UNIT, ballY: MIDDLE_Y / UNIT };
  const paddles = { leftY: middle.ballY, rightY: middle.ballY, leftGlow: 0, rightGlow: 0 };
  const score = { leftScore: 0, rightScore: 0, scorer: NOBODY };
  return { ...middle, ...paddles, ...score, showsBall: false, trail: [] };
}

/**
 * Returns the court after a match whose score alone is known.
 * @param {{ leftScore: number, rightScore: number, winner: number }} ending
 * @returns {Picture}
 */
export function finalPicture({ leftScore, rightScore, winner }) {
  return { ...emptyPicture(), leftScore, rightScore, scorer: winner };
}

function places(state) {
  const { ballX, ballY, ballVx, ballVy, leftY, rightY } = state;
  const { leftScore, rightScore, rally, winner } = state;
  return { ballX, ballY, ballVx, ballVy, leftY, rightY, leftScore, rightScore, rally, winner };
}

/** @returns {Happening} */
function compare(before, now) {
  if (now.winner !== before.winner) return "win";
  if (now.leftScore + now.rightScore > before.leftScore + before.rightScore) return "point";
  if (now.rally > before.rally) return "paddle";
  return now.ballVy !== 0 && now.ballVy === -before.ballVy ? "wall" : null;
}

function blend(from, to, between) {
  return (from + (to - from) * between) / UNIT;
}
