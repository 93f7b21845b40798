/** Turns the server's UTC times of today into the reader's own, where there is room for no more than the hour. */

import { keepLocal } from "./times.js";

/**
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {any} [page] the window
 * @returns {() => void} lets it be
 */
export function clockTime(element, page = globalThis) {
  return keepLocal(element, formatClock, page);
}

/**
 * @param {Date} moment
 * @param {string} [timeZone] the browser's own where nothing is given
 * @returns {string} such as `14:52`
 */
export function formatClock(moment, timeZone) {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(moment);
}
