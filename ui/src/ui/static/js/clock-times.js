/** Shows the server's UTC times in the reader's time zone as hours and minutes only, for times of today. */

import { keepLocal } from "./times.js";

/**
 * Shows a time as hours and minutes.
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {any} [page] the window
 * @returns {() => void} stops
 */
export function clockTime(element, page = globalThis) {
  return keepLocal(element, formatClock, page);
}

/**
 * Formats hours and minutes.
 * @param {Date} moment
 * @param {string} [timeZone] the browser's by default
 * @returns {string} such as `14:52`
 */
export function formatClock(moment, timeZone) {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(moment);
}
