/** A match being played here: the rules, the opponent and the log, moved together. Knows no page. */

import { decide } from "../pong/ai.js";
import { MAX_TICKS, NOBODY, STILL } from "../pong/court.js";
import { step } from "../pong/engine.js";
import { finish, newLog, record, start } from "../pong/log.js";

/**
 * @param {{ mode: "ai" | "local", level: string | null, seed: number, points: number }} settings
 */
export function createMatch({ mode, level, seed, points }) {
  const { state, ai } = start(mode, level, seed, points);
  const recording = newLog();

  return {
    state,

    /** The longest match the server takes may end without a winner. */
    get isOver() {
      return state.winner !== NOBODY || state.tick >= MAX_TICKS;
    },

    /** One tick with the keys that people hold; against the computer `right` is not asked for. */
    advance(left, right) {
      record(recording, state.tick, left, ai ? STILL : right);
      step(state, left, ai ? decide(ai, state) : right);
    },

    log() {
      return finish(recording, state.tick);
    },
  };
}
