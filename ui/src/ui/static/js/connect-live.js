/** On every page of a signed-in player: what the stream says is an event of the page, such as `live:friends`. */

import { behaviour } from "./behaviours.js";
import { keepLive } from "./live.js";
import { showSummons } from "./summons.js";

const { body } = document;
const live = keepLive({
  events: ["friends", "games"],
  open: () => new EventSource(body.dataset.live),
  say: (name) => body.dispatchEvent(new CustomEvent(`live:${name}`)),
  after(callback, delayMs) {
    const id = setTimeout(callback, delayMs);
    return () => clearTimeout(id);
  },
  now: () => performance.now(),
});

behaviour("[data-summons]", showSummons);
live.start();
// For good, or into the browser's memory of pages, from which it may come back.
addEventListener("pagehide", live.stop);
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) live.start();
});
