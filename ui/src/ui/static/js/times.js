/** Turns the server's UTC times into the reader's own. */

const SECONDS_A_MINUTE = 60;

/**
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {any} [page] the window
 * @returns {() => void} lets it be
 */
export function localTime(element, page = globalThis) {
  return keepLocal(element, formatMoment, page);
}

/**
 * Where a part of a page is looked at again the element stays, and HTMX writes the server's words back into it.
 *
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {(moment: Date) => string} format
 * @param {any} page the window
 * @returns {() => void} lets it be
 */
export function keepLocal(element, format, page) {
  function write() {
    const moment = new Date(element.getAttribute("datetime") ?? "");
    if (Number.isNaN(moment.getTime())) return;
    const text = format(moment);
    if (element.textContent !== text) element.textContent = text;
  }

  write();
  const observer = new page.MutationObserver(write);
  observer.observe(element, {
    attributeFilter: ["datetime"],
    characterData: true,
    childList: true,
    subtree: true,
  });
  return () => observer.disconnect();
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

/**
 * @param {number} seconds
 * @returns {string} `1:05`
 */
export function clock(seconds) {
  const rest = String(seconds % SECONDS_A_MINUTE).padStart(2, "0");
  return `${Math.floor(seconds / SECONDS_A_MINUTE)}:${rest}`;
}
