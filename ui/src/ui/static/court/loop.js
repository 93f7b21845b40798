/**
 * Runs ticks at a fixed rate, independent of the display rate. Independent of clock and page: the caller passes in the
 * time of each frame. The number of due ticks follows from the time since the start, so rounding errors never add up,
 * and a 30 Hz screen plays the same match as a 240 Hz one.
 */

import { TICKS_PER_SECOND } from "../pong/court.js";

/** Longer gaps between two frames are cut to this: a stalled page continues without a fast-forward. */
export const LONGEST_FRAME_MS = 250;

/**
 * Creates a loop.
 * @param {object} parts
 * @param {() => boolean | void} parts.tick  one step; `false` stops the ticks of this frame
 * @param {(between: number) => void} parts.draw  draws the position between the last tick but one and
 *   the last, 0 to 1
 * @returns {{ frame: (nowMs: number) => void, rest: () => void, setSpeed: (factor: number) => void }}
 *   `rest` resets the time, so that the next frame starts anew, at any later time
 */
export function createLoop({ tick, draw }) {
  let originMs = null;
  let lastMs = 0;
  let done = 0;
  let ticksAMs = TICKS_PER_SECOND / 1000;

  function rest() {
    originMs = null;
  }

  function dueTicks(nowMs) {
    if (originMs === null) {
      originMs = nowMs;
      lastMs = nowMs;
      done = 0;
    }
    originMs += Math.max(0, nowMs - lastMs - LONGEST_FRAME_MS);
    lastMs = nowMs;
    return (nowMs - originMs) * ticksAMs;
  }

  return {
    frame(nowMs) {
      const due = dueTicks(nowMs);
      while (done < Math.floor(due)) {
        done += 1;
        if (tick() === false) {
          rest();
          draw(1);
          return;
        }
      }
      draw(Math.max(0, due - done));
    },

    rest,

    setSpeed(factor) {
      ticksAMs = (TICKS_PER_SECOND * factor) / 1000;
      rest();
    },
  };
}
