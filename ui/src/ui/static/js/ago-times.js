/** Shows past times as the interval since then, with the exact time on hover and for screen readers. */

import { formatMoment, keepLocal } from "./times.js";

const REWRITE_MS = 30_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Older times are shown with their date. */
const LONGEST_SECONDS = 7 * DAY;

/**
 * Shows a time as the interval since then.
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {any} [page] the window
 * @returns {() => void} stops
 */
export function agoTime(element, page = globalThis) {
  const format = (moment) => {
    const exact = formatMoment(moment);
    element.setAttribute("title", exact);
    element.setAttribute("aria-label", exact);
    return formatAgo((page.Date.now() - moment.getTime()) / 1000) ?? exact;
  };
  return keepLocal(element, format, page, REWRITE_MS);
}

/**
 * Formats an interval.
 * @param {number} seconds since then
 * @returns {string | null} such as `2 minutes ago`; null for the future and for more than a week
 */
export function formatAgo(seconds) {
  if (seconds < -MINUTE || seconds >= LONGEST_SECONDS) return null;
  if (seconds < MINUTE) return "just now";
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (seconds < HOUR) return words.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return words.format(-Math.floor(seconds / HOUR), "hour");
  return words.format(-Math.floor(seconds / DAY), "day");
}
