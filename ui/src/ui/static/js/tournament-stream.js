/** Follows one tournament: `live:tournament` on the body says that its page may look different by now. */

import { followStream } from "./live.js";

/** At most one look in this time, however much happens: a round of hundreds ends within seconds. */
export const BETWEEN_LOOKS_MS = 2_000;
/** Everybody who watches hears of the same change at once; they look one after another. */
export const APART_MS = 1_000;

/**
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
 * The first call is soon answered; those that come while one waits are answered with it.
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
