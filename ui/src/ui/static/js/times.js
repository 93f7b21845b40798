/** Turns the server's UTC times into the reader's own. */

/**
 * @param {Element} element a `time` with its moment in `datetime`
 * @returns {undefined} nothing to undo
 */
export function localTime(element) {
  const moment = new Date(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(moment.getTime())) return;
  element.textContent = formatMoment(moment);
}

/**
 * @param {Date} moment
 * @param {string} [timeZone] the browser's own where nothing is given
 * @returns {string} such as `24 Nov 2026, 14:52`
 */
export function formatMoment(moment, timeZone) {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(moment);
}
