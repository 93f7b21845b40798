/** A match played in this browser: rules, opponent and log together, independent of the page. */

import { decide } from "../pong/ai.js";
import { MAX_TICKS, NOBODY, STILL } from "../pong/court.js";
import { step } from "../pong/engine.js";
import { finish, newLog, record, start } from "../pong/log.js";

/**
 * Creates a match before its first tick.
 * @param {{ mode: "ai" | "local", level: string | null, seed: number, points: number }} settings
 */
export function createMatch({ mode, level, seed, points }) {
  const { state, ai } = start(mode, level, seed, points);
  const recording = newLog();

  return {
    state,

    /** Also true after MAX_TICKS, the longest match that the server accepts, without a winner. */
    get isOver() {
      return state.winner !== NOBODY || state.tick >= MAX_TICKS;
    },

    /** Advances by one tick with the held keys; against the computer `right` is ignored. */
    advance(left, right) {
      record(recording, state.tick, left, ai ? STILL : right);
      step(state, left, ai ? decide(ai, state) : right);
    },

    log() {
      return finish(recording, state.tick);
    },
  };
}
