/** Keeps a stream of server-sent events open while its page is open. */

export const FIRST_RETRY_MS = 1_000;
export const LONGEST_RETRY_MS = 60_000;
/** The end of a stream that lasted this long does not count as a failure. */
export const GOOD_AFTER_MS = 10_000;

/**
 * Follows a stream while the page is open.
 * @param {any} page  the window
 * @param {string} url
 * @param {string[]} events  the names of its events
 * @param {(name: string) => void} say  called for each event, and for all of them after a reconnection
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
  // The page is closed, or kept in the browser's back/forward cache, from which it may return.
  page.addEventListener("pagehide", live.stop);
  page.addEventListener("pageshow", comeBack);
  return () => {
    page.removeEventListener("pagehide", live.stop);
    page.removeEventListener("pageshow", comeBack);
    live.stop();
  };
}

/**
 * Keeps a stream open, independent of the page: the caller passes in the source, timers and the handler.
 *
 * A browser reconnects only after a stream breaks off, at a fixed interval, and never after a refusal. Therefore this
 * function reconnects, at growing and partly random intervals, because all clients lose the stream at the same moment.
 *
 * @param {object} given
 * @param {string[]} given.events  the names of its events
 * @param {() => EventSource} given.open
 * @param {(name: string) => void} given.say  called for each event, and for all of them after a reconnection
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
 * Returns the delay before a reconnection.
 * @param {number} failures in a row
 * @param {number} chance from 0 to 1
 * @returns {number} milliseconds, up to half of them random
 */
export function retryDelay(failures, chance) {
  const most = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return (most * (1 + chance)) / 2;
}
