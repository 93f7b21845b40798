/** Shows the server's UTC times in the reader's time zone. */

const SECONDS_A_MINUTE = 60;

/**
 * Shows a time with its date.
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {any} [page] the window
 * @returns {() => void} stops
 */
export function localTime(element, page = globalThis) {
  return keepLocal(element, formatMoment, page);
}

/**
 * Formats a time, again after every change. When htmx updates a part of a page, the element stays, but gets the
 * server's text again.
 *
 * @param {Element} element a `time` with its moment in `datetime`
 * @param {(moment: Date) => string} format
 * @param {any} page the window
 * @param {number} [rewriteMs] for texts that age: write again at this interval
 * @returns {() => void} stops
 */
export function keepLocal(element, format, page, rewriteMs = 0) {
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
  const timer = rewriteMs ? page.setInterval(write, rewriteMs) : undefined;
  return () => {
    observer.disconnect();
    if (timer) page.clearInterval(timer);
  };
}

/**
 * Formats date and time.
 * @param {Date} moment
 * @param {string} [timeZone] the browser's by default
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
 * Formats a duration as minutes and seconds.
 * @param {number} seconds
 * @returns {string} `1:05`
 */
export function clock(seconds) {
  const rest = String(seconds % SECONDS_A_MINUTE).padStart(2, "0");
  return `${Math.floor(seconds / SECONDS_A_MINUTE)}:${rest}`;
}
