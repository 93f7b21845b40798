/** Follows the player's stream on every page, and dispatches its events on the body, such as `live:friends`. */

import { followStream } from "./live.js";

/**
 * Follows the stream.
 * @param {any} element  with the address of the stream in `data-live`
 * @param {any} [page]  the window
 * @returns {() => void} closes the stream
 */
export function followPlayer(element, page = globalThis) {
  const say = (name) => page.document.body.dispatchEvent(new page.CustomEvent(`live:${name}`));
  return followStream(page, element.dataset.live, ["friends", "games"], say);
}
