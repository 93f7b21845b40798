/** Follows the stream of a tournament, and dispatches `live:tournament` on the body when its page may be outdated. */

import { followStream } from "./live.js";

/** Least time between two updates of the page, because hundreds of matches of a round end within seconds. */
export const BETWEEN_LOOKS_MS = 2_000;
/** Longest random delay, because all spectators get an event at the same moment. */
export const APART_MS = 1_000;

/**
 * Follows the stream.
 * @param {any} element  with the address of the stream in `data-tournament-stream`
 * @param {any} [page]  the window
 * @returns {() => void} closes the stream
 */
export function followTournament(element, page = globalThis) {
  const { body } = page.document;
  const say = spaced(() => body.dispatchEvent(new page.CustomEvent("live:tournament")), page);
  const stop = followStream(page, element.dataset.tournamentStream, ["changed"], say.soon);
  return () => {
    say.never();
    stop();
  };
}

/**
 * Limits how often `tell` is called: soon after the first call, and once for all calls during the wait.
 *
 * @param {() => void} tell
 * @param {any} page
 * @returns {{ soon: () => void, never: () => void }}
 */
export function spaced(tell, page) {
  const { random } = page.Math;
  let waiting = null;
  let notBefore = -Infinity;

  function soon() {
    if (waiting !== null) return;
    const now = page.performance.now();
    const delayMs = Math.max(0, notBefore - now) + random() * APART_MS;
    notBefore = now + delayMs + BETWEEN_LOOKS_MS;
    waiting = page.setTimeout(() => {
      waiting = null;
      tell();
    }, delayMs);
  }

  function never() {
    page.clearTimeout(waiting);
    waiting = null;
  }

  return { soon, never };
}
