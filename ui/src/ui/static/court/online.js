/** The page of a live match for its players. */

import { COURT_HEIGHT, LEFT, PADDLE_SPEED, UNIT } from "../pong/court.js";
import { createKeys, listenToKeys } from "./keys.js";
import { createLifetime } from "./lifetime.js";
import { LiveCourt } from "./live-court.js";
import { createTouch, listenToDrags, listenToHold } from "./touch.js";

/** Side of all input: both pairs of keys and all fingers belong to the one player, whichever paddle they have. */
const HANDS = LEFT;

/**
 * Opens the match on its page.
 * @param {any} element  `[data-online]` with `data-play-url`
 * @param {any} [page]  the window
 * @returns {() => void} closes it
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

/**
 * Listens to keys and fingers. A key is sent at once, not at the next frame, because it still has to reach the server.
 */
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
    // The dialog gets the `keyup`, not the court.
    keys.releaseAll();
    dialog.showModal();
  });
  if (dialog) {
    // However the dialog was closed, the court gets the keys again.
    lifetime.listen(dialog, "close", () => screen.part("stage")?.focus({ preventScroll: true }));
  }
  listen("resign-cancel", () => dialog.close());
  listen("resign-confirm", () => {
    dialog.close();
    client.resign();
  });
}
