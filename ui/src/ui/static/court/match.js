/** A match played in this browser: rules, opponent and log together, independent of the page. */

import { chooseKey } from "../pong/ai.js";
import { MAX_TICKS, NOBODY, STILL } from "../pong/court.js";
import { step } from "../pong/engine.js";
import { finishLog, newRecording, recordKeys, startMatch } from "../pong/log.js";

/**
 * Creates a match before its first tick.
 * @param {{ mode: "ai" | "local", level: string | null, seed: number, points: number }} settings
 */
export function createMatch({ mode, level, seed, points }) {
  const { state, ai } = startMatch(mode, level, seed, points);
  const recording = newRecording();

  return {
    state,

    /** Also true after MAX_TICKS, the longest match that the server accepts, without a winner. */
    get isOver() {
      return state.winner !== NOBODY || state.tick >= MAX_TICKS;
    },

    /** Advances by one tick with the held keys; against the computer `right` is ignored. */
    advance(left, right) {
      recordKeys(recording, state.tick, left, ai ? STILL : right);
      step(state, left, ai ? chooseKey(ai, state) : right);
    },

    log() {
      return finishLog(recording, state.tick);
    },
  };
}
