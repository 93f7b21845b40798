/** Decides whether and when a closed connection is opened again. Independent of the socket. */

import { Close } from "./protocol.js";

export const FIRST_RETRY_MS = 250;
/** Longest delay of the first retries: another process takes a match within about 3 s after its own was killed. */
const QUICK_RETRY_MS = 500;
const QUICK_RETRIES = 12;
export const LONGEST_RETRY_MS = 4_000;
/** The end of a connection that lasted this long does not count as a failure. */
export const GOOD_AFTER_MS = 5_000;

/** @typedef {"malformed" | "too_large" | "too_many" | "out_of_order" | "taken_over"} Problem */

/** @type {Map<number, Problem>} */
const FOR_GOOD = new Map([
  [Close.MALFORMED, "malformed"],
  [Close.TOO_LARGE, "too_large"],
  [Close.TOO_MANY, "too_many"],
  [Close.OUT_OF_ORDER, "out_of_order"],
  [Close.TAKEN_OVER, "taken_over"],
]);

const AT_ONCE = new Set([Close.RESTARTING, Close.MOVED]);

/**
 * Returns the reason for no reconnection after a close code.
 * @param {number} code
 * @returns {Problem | null} null for a reconnection
 */
export function problemOf(code) {
  return FOR_GOOD.get(code) ?? null;
}

/**
 * Returns the delay before a reconnection.
 * @param {number} code  of the close
 * @param {number} failures  short connections in a row, including this one
 * @param {number} chance  from 0 to 1
 * @returns {number} milliseconds, up to half of them random
 */
export function retryDelay(code, failures, chance) {
  if (failures === 0 || (failures === 1 && AT_ONCE.has(code))) return 0;
  const slower = Math.max(0, failures - QUICK_RETRIES);
  const most = failures === 1 ? FIRST_RETRY_MS : QUICK_RETRY_MS * 2 ** slower;
  return (Math.min(LONGEST_RETRY_MS, most) * (1 + chance)) / 2;
}
