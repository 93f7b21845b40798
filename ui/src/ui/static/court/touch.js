/**
 * Fingers and held buttons, turned into the same three words a key can say. A finger is a place to
 * go to, never a place to be: the paddle travels there at its own speed.
 */

/**
 * @param {number} targetY  where the finger is, in court units
 * @param {number} paddleY  centre of the paddle, in court units
 * @param {number} deadZone  closer than this is close enough, so that the paddle comes to rest
 * @returns {-1 | 0 | 1}
 */
export function toward(targetY, paddleY, deadZone) {
  if (Math.abs(targetY - paddleY) <= deadZone) return 0;
  return targetY < paddleY ? -1 : 1;
}

/** Remembers, for each side, the latest finger and the held buttons. */
export function createTouch() {
  /** @type {Map<number, { side: number, targetY?: number, way?: -1 | 1 }>} by pointer */
  const fingers = new Map();

  return {
    drag(pointer, side, targetY) {
      fingers.delete(pointer);
      fingers.set(pointer, { side, targetY });
    },

    hold(pointer, side, way) {
      fingers.set(pointer, { side, way });
    },

    lift(pointer) {
      fingers.delete(pointer);
    },

    liftAll() {
      fingers.clear();
    },

    /** @returns {-1 | 0 | 1 | null} null while no finger speaks for that side */
    direction(side, paddleY, deadZone) {
      const mine = [...fingers.values()].filter((finger) => finger.side === side);
      const last = mine.at(-1);
      if (!last) return null;
      return last.way ?? toward(last.targetY, paddleY, deadZone);
    },
  };
}

/**
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {any} area  what the finger slides over
 * @param {object} on
 * @param {ReturnType<typeof createTouch>} on.touch
 * @param {(across: number) => number | null} on.sideAt  0 left edge … 1 right edge → side
 * @param {(down: number) => number} on.courtY  0 top edge … 1 bottom edge → court units
 */
export function listenToDrags(lifetime, area, { touch, sideAt, courtY }) {
  const sides = new Map();

  function slide(event) {
    const box = area.getBoundingClientRect();
    if (event.type === "pointerdown") {
      sides.set(event.pointerId, sideAt((event.clientX - box.left) / box.width));
    }
    const side = sides.get(event.pointerId) ?? null;
    if (side === null) return;
    touch.drag(event.pointerId, side, courtY((event.clientY - box.top) / box.height));
  }

  listenToPointer(lifetime, area, {
    down: slide,
    move: slide,
    up(event) {
      sides.delete(event.pointerId);
      touch.lift(event.pointerId);
    },
  });
}

/**
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {any} button
 * @param {{ touch: ReturnType<typeof createTouch>, side: number, way: -1 | 1 }} on
 */
export function listenToHold(lifetime, button, { touch, side, way }) {
  listenToPointer(lifetime, button, {
    down: (event) => touch.hold(event.pointerId, side, way),
    up: (event) => touch.lift(event.pointerId),
  });
  lifetime.listen(button, "contextmenu", (event) => event.preventDefault());
}

function listenToPointer(lifetime, area, { down, move, up }) {
  lifetime.listen(area, "pointerdown", (event) => {
    if (event.button > 0) return;
    area.setPointerCapture(event.pointerId);
    down(event);
  });
  if (move) lifetime.listen(area, "pointermove", move);
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    lifetime.listen(area, type, up);
  }
}
