/**
 * Fingers and held buttons, turned into the same three words a key can say. A finger is a place to
 * go to, never a place to be: the paddle travels there at its own speed.
 */

const PRESSES_BUTTONS = new Set(["Enter", "Space"]);

/**
 * A resting paddle lets the finger wander by so many steps before it follows. Following at once would
 * stutter, and would write an input log of thirty changes a second.
 */
const REST_STEPS = 3;

/**
 * @param {number} targetY  where the finger is, in the units of `paddleY`
 * @param {number} paddleY  centre of the paddle
 * @param {number} step  how far the paddle moves in a tick; closer than this is close enough
 * @param {boolean} isMoving  whether the paddle is on its way already
 * @returns {-1 | 0 | 1}
 */
export function toward(targetY, paddleY, step, isMoving) {
  const zone = isMoving ? step : REST_STEPS * step;
  if (Math.abs(targetY - paddleY) <= zone) return 0;
  return targetY < paddleY ? -1 : 1;
}

/** Remembers, for each side, the latest finger and the held buttons. */
export function createTouch() {
  /** @type {Map<any, { side: number, targetY?: number, way?: -1 | 1, isMoving?: boolean }>} */
  const fingers = new Map();

  return {
    drag(pointer, side, targetY) {
      const isMoving = fingers.get(pointer)?.isMoving ?? true;
      fingers.delete(pointer);
      fingers.set(pointer, { side, targetY, isMoving });
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
    direction(side, paddleY, step) {
      const finger = [...fingers.values()].findLast((each) => each.side === side);
      if (!finger) return null;
      if (finger.way) return finger.way;
      const way = toward(finger.targetY, paddleY, step, finger.isMoving);
      finger.isMoving = way !== 0;
      return way;
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
 * A button that steers for as long as it is held, by a finger or by the key that presses it.
 *
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {any} button
 * @param {{ touch: ReturnType<typeof createTouch>, side: number, way: -1 | 1 }} on
 */
export function listenToHold(lifetime, button, { touch, side, way }) {
  listenToPointer(lifetime, button, {
    down: (event) => touch.hold(event.pointerId, side, way),
    up: (event) => touch.lift(event.pointerId),
  });
  lifetime.listen(button, "keydown", ({ code }) => {
    if (PRESSES_BUTTONS.has(code)) touch.hold(button, side, way);
  });
  for (const type of ["keyup", "blur"]) lifetime.listen(button, type, () => touch.lift(button));
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
