/**
 * Computes where a ball in flight will be: straight lines, folded at the walls.
 *
 * The engine moves the ball by these functions, and the computer opponent predicts by them. A wall only mirrors the
 * ball's height, so a flight of any length is one line, folded back into the court at its end.
 *
 * Quotients are exact: every product stays below 2**31, where a double's division, rounded down, is the whole-number
 * division of the Python twin.
 */

import { FACE_LEFT, FACE_RIGHT, WALL_BOTTOM, WALL_SPAN, WALL_TOP } from "./court.js";

/**
 * Returns how far the ball is past the paddle face that it flies towards, in sub-units; negative in front of it.
 * @param {number} x
 * @param {number} vx
 * @returns {number}
 */
export function distancePastFace(x, vx) {
  return vx > 0 ? x - FACE_RIGHT : FACE_LEFT - x;
}

/**
 * Returns the height in the court of a ball that would be at `y` without walls, in sub-units.
 * @param {number} y
 * @returns {number}
 */
export function foldAtWalls(y) {
  const period = 2 * WALL_SPAN;
  // % takes the sign of the dividend; Python's takes the sign of the divisor.
  const offset = (((y - WALL_TOP) % period) + period) % period;
  return WALL_TOP + Math.min(offset, period - offset);
}

/**
 * Returns how many walls a ball has met that would be at `y` without them. Touching a wall is not yet a bounce.
 * @param {number} y
 * @returns {number}
 */
export function countBounces(y) {
  if (y > WALL_BOTTOM) {
    return Math.floor((y - WALL_TOP - 1) / WALL_SPAN);
  }
  if (y < WALL_TOP) {
    return Math.floor((WALL_BOTTOM - y - 1) / WALL_SPAN);
  }
  return 0;
}

/**
 * Returns `value` * `part` / `whole`, rounded towards zero so that up and down are treated alike.
 * @param {number} value
 * @param {number} part
 * @param {number} whole
 * @returns {number}
 */
export function scaleByRatio(value, part, whole) {
  // `+ 0`, because truncation can give -0, which Object.is and strict assertions distinguish from 0.
  return Math.trunc((value * part) / whole) + 0;
}
