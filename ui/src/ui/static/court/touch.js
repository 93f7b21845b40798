/**
 * Turns fingers and held buttons into a paddle's direction, like keys. A finger is only a target: the paddle moves
 * there at its own speed.
 */

const PRESSES_BUTTONS = new Set(["Enter", "Space"]);

/**
 * Steps by which a finger may move before a resting paddle follows. Without this tolerance the paddle would stutter,
 * and the input log would have 30 changes a second.
 */
const REST_STEPS = 3;

/**
 * Returns the direction of a paddle that follows a finger.
 * @param {number} targetY  position of the finger, in the units of `paddleY`
 * @param {number} paddleY  centre of the paddle
 * @param {number} step  distance of the paddle in a tick; within it the paddle stops
 * @param {boolean} isMoving  whether the paddle is already moving
 * @returns {-1 | 0 | 1}
 */
export function toward(targetY, paddleY, step, isMoving) {
  const zone = isMoving ? step : REST_STEPS * step;
  if (Math.abs(targetY - paddleY) <= zone) return 0;
  return targetY < paddleY ? -1 : 1;
}

/** Creates the state of touches: the latest finger and the held buttons of each side. */
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

    /** @returns {-1 | 0 | 1 | null} null while no finger controls that side */
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
 * Listens to fingers that slide over an area.
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {any} area
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
 * Listens to a button that moves the paddle while it is held, by a finger or by a key that presses it.
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
