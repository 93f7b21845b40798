/** A live match with a paddle of one's own. */

import { COURT_HEIGHT, LEFT, PADDLE_SPEED, UNIT } from "../pong/court.js";
import { createKeys, listenToKeys } from "./keys.js";
import { createLifetime } from "./lifetime.js";
import { LiveCourt } from "./live-court.js";
import { createTouch, listenToDrags, listenToHold } from "./touch.js";

/** Hands do not know which paddle they move: both pairs of keys and every finger are the one player's. */
const HANDS = LEFT;

/**
 * @param {any} element  `[data-online]` with `data-play-url`
 * @param {any} [page]  the window
 * @returns {() => void} leaves
 */
export function mountOnline(element, page = globalThis) {
  const lifetime = createLifetime(page);
  const keys = createKeys("ai");
  const touch = createTouch();
  const court = new LiveCourt(element, page, lifetime, {
    url: element.dataset.playUrl,
    hand: (side, state) =>
      touch.direction(HANDS, side === LEFT ? state.leftY : state.rightY, PADDLE_SPEED) ??
      keys.direction(HANDS),
  });
  listenToHands(element, page, lifetime, court, { keys, touch });
  listenToResignation(lifetime, court, keys);
  court.open();
  return () => lifetime.end();
}

/** A key acts at once, not at the next frame: it has a way to go. */
function listenToHands(element, page, lifetime, court, { keys, touch }) {
  const { client, screen } = court;
  const dialog = screen.part("resign-dialog");
  listenToKeys(lifetime, page, {
    keys: () => (court.isOver || dialog?.open ? null : keys),
    pause: () => false,
  });
  for (const type of ["keydown", "keyup", "blur"]) {
    lifetime.listen(page, type, () => client.sense());
  }
  lifetime.listen(page, "keydown", () => court.unlockSound());
  lifetime.listen(page, "pointerdown", () => court.unlockSound());
  lifetime.listen(page, "blur", () => touch.liftAll());
  const courtY = (down) => Math.max(0, Math.min(1, down)) * COURT_HEIGHT * UNIT;
  const on = { touch, sideAt: () => HANDS, courtY };
  listenToDrags(lifetime, screen.part("court"), on);
  for (const pad of element.querySelectorAll("[data-pad]")) listenToDrags(lifetime, pad, on);
  for (const button of element.querySelectorAll("[data-way]")) {
    const way = button.dataset.way === "up" ? -1 : 1;
    listenToHold(lifetime, button, { touch, side: HANDS, way });
  }
}

function listenToResignation(lifetime, { client, screen }, keys) {
  const dialog = screen.part("resign-dialog");
  const listen = (role, act) => {
    const button = screen.part(role);
    if (button) lifetime.listen(button, "click", act);
  };
  listen("resign", () => {
    // A dialog hears the key going up, the court does not.
    keys.releaseAll();
    dialog.showModal();
  });
  if (dialog) {
    // However it was closed, the keys are for the court again.
    lifetime.listen(dialog, "close", () => screen.part("stage")?.focus({ preventScroll: true }));
  }
  listen("resign-cancel", () => dialog.close());
  listen("resign-confirm", () => {
    dialog.close();
    client.resign();
  });
}
