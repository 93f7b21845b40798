/** A live match of two others, as far as nothing can rewrite it. */

import { createLifetime } from "./lifetime.js";
import { LiveCourt } from "./live-court.js";

/**
 * @param {any} element  `[data-watch]` with `data-watch-url`
 * @param {any} [page]  the window
 * @returns {() => void} leaves
 */
export function mountWatch(element, page = globalThis) {
  const lifetime = createLifetime(page);
  const court = new LiveCourt(element, page, lifetime, { url: element.dataset.watchUrl });
  lifetime.listen(page, "pointerdown", () => court.unlockSound());
  lifetime.listen(page, "keydown", () => court.unlockSound());
  court.open();
  return () => lifetime.end();
}
