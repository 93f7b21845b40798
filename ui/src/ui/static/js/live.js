/** A stream of events that is kept open, for as long as its page is looked at. */

export const FIRST_RETRY_MS = 1_000;
export const LONGEST_RETRY_MS = 60_000;
/** A stream that lasted this long was a good one, and its end is no failure. */
export const GOOD_AFTER_MS = 10_000;

/**
 * @param {any} page  the window
 * @param {string} url
 * @param {string[]} events  the names of what it may say
 * @param {(name: string) => void} say  something has changed, or may have while nobody listened
 * @returns {() => void} closes the stream
 */
export function followStream(page, url, events, say) {
  const live = keepLive({
    events,
    open: () => new page.EventSource(url),
    say,
    after(callback, delayMs) {
      const id = page.setTimeout(callback, delayMs);
      return () => page.clearTimeout(id);
    },
    now: () => page.performance.now(),
  });
  const comeBack = ({ persisted }) => {
    if (persisted) live.start();
  };

  live.start();
  // For good, or into the browser's memory of pages, from which it may come back.
  page.addEventListener("pagehide", live.stop);
  page.addEventListener("pageshow", comeBack);
  return () => {
    page.removeEventListener("pagehide", live.stop);
    page.removeEventListener("pageshow", comeBack);
    live.stop();
  };
}

/**
 * Knows no page: what it opens, when it waits and whom it tells is handed in.
 *
 * The browser reconnects by itself only where a stream breaks off, at one pace, and gives up for good on any refusal. So
 * this reconnects, at growing intervals; a little apart, because everybody loses the stream at the same moment.
 *
 * @param {object} given
 * @param {string[]} given.events  the names of what it may say
 * @param {() => EventSource} given.open
 * @param {(name: string) => void} given.say  something has changed, or may have while nobody listened
 * @param {(callback: () => void, delayMs: number) => () => void} given.after  returns cancel
 * @param {() => number} given.now  in milliseconds
 * @param {() => number} [given.random]
 * @returns {{ start: () => void, stop: () => void }}
 */
export function keepLive({ events, open, say, after, now, random = Math.random }) {
  let source = null;
  let cancelRetry = () => {};
  let failures = 0;
  let heardBefore = false;

  function start() {
    if (source) return;
    const startedAt = now();
    source = open();
    source.addEventListener("open", () => {
      if (heardBefore) events.forEach(say);
      heardBefore = true;
    });
    for (const name of events) source.addEventListener(name, () => say(name));
    source.addEventListener("error", () => {
      failures = now() - startedAt < GOOD_AFTER_MS ? failures + 1 : 0;
      stop();
      cancelRetry = after(start, retryDelay(failures, random()));
    });
  }

  function stop() {
    cancelRetry();
    source?.close();
    source = null;
  }

  return { start, stop };
}

/**
 * @param {number} failures in a row
 * @param {number} chance from 0 to 1
 * @returns {number} milliseconds, half of them left to chance
 */
export function retryDelay(failures, chance) {
  const most = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return (most * (1 + chance)) / 2;
}
