/**
 * Which keys are down, and what they say to a paddle: -1 up, 0 nothing or both, 1 down.
 * Keys go by their place (`event.code`), so W and S sit under the same fingers on every layout.
 */

import { LEFT, RIGHT } from "../pong/engine.js";

const LETTERS = { up: "KeyW", down: "KeyS" };
const ARROWS = { up: "ArrowUp", down: "ArrowDown" };

/** Alone, a player may use either pair; two share the keyboard. */
const PADDLE_KEYS = {
  ai: { [LEFT]: [LETTERS, ARROWS], [RIGHT]: [] },
  local: { [LEFT]: [LETTERS], [RIGHT]: [ARROWS] },
};

const PAUSE_KEYS = new Set(["Escape", "KeyP", "Space"]);

/** Elements that take keys for themselves; the pause key must not act twice on a focused button. */
const TAKES_KEYS = "button, a, input, select, textarea, summary";
const TAKES_TEXT = "input, select, textarea";

/**
 * @param {"ai" | "local"} mode
 */
export function createKeys(mode) {
  const pairs = PADDLE_KEYS[mode];
  const known = new Set([...pairs[LEFT], ...pairs[RIGHT]].flatMap(({ up, down }) => [up, down]));
  const held = new Set();

  return {
    /** @returns {boolean} whether the key steers a paddle */
    press(code) {
      if (known.has(code)) held.add(code);
      return known.has(code);
    },

    release(code) {
      held.delete(code);
    },

    /** A window that loses the focus hears no key going up. */
    releaseAll() {
      held.clear();
    },

    /** @returns {-1 | 0 | 1} */
    direction(side) {
      const up = pairs[side].some((pair) => held.has(pair.up));
      const down = pairs[side].some((pair) => held.has(pair.down));
      return Number(down) - Number(up);
    },
  };
}

/**
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {EventTarget} target  the window
 * @param {object} on
 * @param {() => ReturnType<typeof createKeys> | null} on.keys  null while nobody plays
 * @param {() => boolean} on.pause  whether the pause key meant something
 */
export function listenToKeys(lifetime, target, { keys, pause }) {
  lifetime.listen(target, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const used = isPause(event) ? !event.repeat && pause() : presses(keys(), event);
    if (used) event.preventDefault();
  });
  lifetime.listen(target, "keyup", (event) => keys()?.release(event.code));
  lifetime.listen(target, "blur", () => keys()?.releaseAll());
}

function presses(keys, event) {
  return keys !== null && !event.target?.closest?.(TAKES_TEXT) && keys.press(event.code);
}

function isPause(event) {
  if (!PAUSE_KEYS.has(event.code)) return false;
  return event.code === "Escape" || !event.target?.closest?.(TAKES_KEYS);
}
