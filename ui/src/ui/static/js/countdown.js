/** Counts down the remaining seconds that the server sent, because this machine's clock may be wrong. */

import { clock } from "./times.js";

/** Frequent enough that all seconds look equally long. */
const LOOK_EVERY_MS = 200;
const MS_PER_SECOND = 1_000;

/**
 * Counts down in an element.
 * @param {any} element a `time` with seconds in `data-left`, which may change at any time
 * @param {any} [page] the window
 * @returns {() => void} stops counting
 */
export function countDown(element, page = globalThis) {
  let said = "";
  let endsAtMs = 0;

  function look() {
    const { left } = element.dataset;
    if (left !== said) {
      said = left;
      endsAtMs = page.performance.now() + Number(left) * MS_PER_SECOND;
    }
    const seconds = Math.ceil((endsAtMs - page.performance.now()) / MS_PER_SECOND);
    const text = clock(Math.max(0, seconds));
    if (element.textContent !== text) element.textContent = text;
  }

  look();
  const id = page.setInterval(look, LOOK_EVERY_MS);
  return () => page.clearInterval(id);
}
