/**
 * Fixed step apart from the display rate. Knows no clock and no page: whoever owns the frames hands
 * in the time, and the number of ticks due follows from the time since the start, so rounding never
 * adds up and a 30 Hz screen plays the same match as a 240 Hz one.
 */

import { TICKS_PER_SECOND } from "../pong/court.js";

/** Time beyond this between two frames is dropped: a stalled page goes on, it never fast-forwards. */
export const LONGEST_FRAME_MS = 250;

/**
 * @param {object} parts
 * @param {() => boolean | void} parts.tick  one step; `false` stops the ticks of this frame
 * @param {(between: number) => void} parts.draw  the way gone from the last tick but one
 *   to the last, 0 to 1
 * @returns {{ frame: (nowMs: number) => void, rest: () => void, setSpeed: (factor: number) => void }}
 *   `rest` forgets the time: the next frame starts afresh, however much later it comes
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
