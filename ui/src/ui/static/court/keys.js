/**
 * Tracks held keys and turns them into a paddle's direction: -1 up, 0 none or both, 1 down. Keys are identified by
 * their position (`event.code`), so W and S are in the same place on every layout.
 */

import { LEFT, RIGHT } from "../pong/engine.js";

const LETTERS = { up: "KeyW", down: "KeyS" };
const ARROWS = { up: "ArrowUp", down: "ArrowDown" };

/** Against the computer a player may use both pairs of keys; two players at one keyboard have one each. */
const PADDLE_KEYS = {
  ai: { [LEFT]: [LETTERS, ARROWS], [RIGHT]: [] },
  local: { [LEFT]: [LETTERS], [RIGHT]: [ARROWS] },
};

const PAUSE_KEYS = new Set(["Escape", "KeyP", "Space"]);

/** Elements that handle keys themselves: the pause key must not act a second time on a focused button. */
const TAKES_KEYS = "button, a, input, select, textarea, summary";
const TAKES_TEXT = "input, select, textarea";

/**
 * Creates the state of the keys for a mode.
 * @param {"ai" | "local"} mode
 */
export function createKeys(mode) {
  const pairs = PADDLE_KEYS[mode];
  const known = new Set([...pairs[LEFT], ...pairs[RIGHT]].flatMap(({ up, down }) => [up, down]));
  const held = new Set();

  return {
    /** @returns {boolean} whether the key moves a paddle */
    press(code) {
      if (known.has(code)) held.add(code);
      return known.has(code);
    },

    release(code) {
      held.delete(code);
    },

    /** Releases all keys, because a window without focus gets no `keyup`. */
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
 * Listens to the keyboard.
 * @param {import("./lifetime.js").Lifetime} lifetime
 * @param {EventTarget} target  the window
 * @param {object} on
 * @param {() => ReturnType<typeof createKeys> | null} on.keys  null while no match is played
 * @param {() => boolean} on.pause  pauses or resumes; returns whether the pause key had an effect
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
