/** Whether a closed connection is opened again, and when. Knows no socket. */

import { Close } from "./protocol.js";

export const FIRST_RETRY_MS = 250;
/** A match whose process was killed is taken by another within some three seconds: whoever asks by then should not sleep long. */
const QUICK_RETRY_MS = 500;
const QUICK_RETRIES = 12;
export const LONGEST_RETRY_MS = 4_000;
/** A connection that lasted this long was a good one, and its end is no failure. */
export const GOOD_AFTER_MS = 5_000;

/** @typedef {"malformed" | "too_large" | "too_many" | "out_of_order" | "taken_over"} Trouble */

/** @type {Map<number, Trouble>} */
const FOR_GOOD = new Map([
  [Close.MALFORMED, "malformed"],
  [Close.TOO_LARGE, "too_large"],
  [Close.TOO_MANY, "too_many"],
  [Close.OUT_OF_ORDER, "out_of_order"],
  [Close.TAKEN_OVER, "taken_over"],
]);

const AT_ONCE = new Set([Close.RESTARTING, Close.MOVED]);

/**
 * @param {number} code  with which the connection was closed
 * @returns {Trouble | null} why it is not opened again
 */
export function troubleOf(code) {
  return FOR_GOOD.get(code) ?? null;
}

/**
 * @param {number} code
 * @param {number} failures  connections in a row that did not last, this one included
 * @param {number} chance  from 0 to 1
 * @returns {number} milliseconds, half of them left to chance
 */
export function retryDelay(code, failures, chance) {
  if (failures === 0 || (failures === 1 && AT_ONCE.has(code))) return 0;
  const slower = Math.max(0, failures - QUICK_RETRIES);
  const most = failures === 1 ? FIRST_RETRY_MS : QUICK_RETRY_MS * 2 ** slower;
  return (Math.min(LONGEST_RETRY_MS, most) * (1 + chance)) / 2;
}
