/** One stream of events that is kept open. Knows no page: what it opens, when it waits and whom it tells is handed in. */

export const FIRST_RETRY_MS = 1_000;
export const LONGEST_RETRY_MS = 60_000;
/** A stream that lasted this long was a good one, and its end is no failure. */
export const GOOD_AFTER_MS = 10_000;

/**
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
