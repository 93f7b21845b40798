/** The page of a live match for spectators, who see only its confirmed part. */

import { createLifetime } from "./lifetime.js";
import { LiveCourt } from "./live-court.js";

/**
 * Opens the match on its page.
 * @param {any} element  `[data-watch]` with `data-watch-url`
 * @param {any} [page]  the window
 * @returns {() => void} closes it
 */
export function mountWatch(element, page = globalThis) {
  const lifetime = createLifetime(page);
  const court = new LiveCourt(element, page, lifetime, { url: element.dataset.watchUrl });
  lifetime.listen(page, "pointerdown", () => court.unlockSound());
  lifetime.listen(page, "keydown", () => court.unlockSound());
  court.open();
  return () => lifetime.end();
}
