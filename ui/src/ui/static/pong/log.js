/**
 * The input log: what a match is stored as, and how it turns back into a result.
 *
 * A log lists only the ticks at which somebody's keys changed. In a match against the computer it
 * holds the person's keys alone: the opponent is played again from the seed. Twin of
 * libs/pong/src/pong/log.py, which is the judge: the server believes its own replay, never ours.
 */

import { decide, newAi } from "./ai.js";
import { DOWN, LEFT, MAX_TICKS, RIGHT, STILL, UP } from "./court.js";
import { BadSettings, digest, newMatch, step } from "./engine.js";

/** @typedef {import("./engine.js").State} State */
/** @typedef {import("./ai.js").Ai} Ai */

/**
 * A tick, and the keys held by the left and the right side from that tick on.
 * @typedef {[number, number, number]} Change
 */

/**
 * The keys of a whole match; nobody holds one before the first change. This is the wire form.
 * @typedef {object} InputLog
 * @property {number} ticks
 * @property {Change[]} changes
 */

/**
 * A log while its match is still being played.
 * @typedef {object} Recording
 * @property {Change[]} changes
 * @property {number} left
 * @property {number} right
 */

/**
 * All that may be said about a match, every bit of it simulated.
 * @typedef {object} Outcome
 * @property {number} ticks
 * @property {number} leftScore
 * @property {number} rightScore
 * @property {number} winner
 * @property {number} longestRally
 * @property {number} hitsLeft
 * @property {number} hitsRight
 * @property {number} digest
 * @property {{tick: number, side: number, rally: number}[]} pointsTimeline
 */

export const MODES = Object.freeze(["ai", "local"]);

/** The log is not the log of a finished match. `code` names the reason. */
export class LogRefused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "LogRefused";
    this.code = code;
  }
}

/**
 * A recording of a match that has not begun.
 * @returns {Recording}
 */
export function newLog() {
  return { changes: [], left: STILL, right: STILL };
}

/**
 * Notes the keys held during the step that follows `tick`; call it before each `step`. In a match
 * against the computer `right` is 0.
 * @param {Recording} recording
 * @param {number} tick
 * @param {number} left
 * @param {number} right
 */
export function record(recording, tick, left, right) {
  if (left !== recording.left || right !== recording.right) {
    recording.changes.push([tick, left, right]);
    recording.left = left;
    recording.right = right;
  }
}

/**
 * The log of a match that ended at tick `ticks`.
 * @param {Recording} recording
 * @param {number} ticks
 * @returns {InputLog}
 */
export function finish(recording, ticks) {
  return { ticks, changes: recording.changes.map((change) => /** @type {Change} */ ([...change])) };
}

/**
 * A match before its first tick, and its computer opponent if it has one.
 * @param {string} mode
 * @param {string | null} level
 * @param {number} seed
 * @param {number} points
 * @returns {{state: State, ai: Ai | null}}
 * @throws {BadSettings}
 */
export function start(mode, level, seed, points) {
  if (!MODES.includes(mode)) {
    throw new BadSettings("mode", mode);
  }
  const state = newMatch(seed, points);
  if (mode === "ai") {
    return { state, ai: newAi(level ?? "", seed, RIGHT) };
  }
  if (level !== null && level !== undefined) {
    throw new BadSettings("level", level);
  }
  return { state, ai: null };
}

/**
 * Plays a log again and says how the match ended.
 * @param {string} mode
 * @param {string | null} level
 * @param {number} seed
 * @param {number} points
 * @param {InputLog} log
 * @returns {Outcome}
 * @throws {LogRefused} for anything wrong with `log`
 * @throws {BadSettings}
 */
export function replay(mode, level, seed, points, log) {
  const { state, ai } = start(mode, level, seed, points);
  check(log, ai !== null);
  return simulate(state, ai, log);
}

/**
 * Looks at every number of a log.
 * @param {InputLog} log
 * @param {boolean} rightIsComputer
 * @throws {LogRefused}
 */
export function check(log, rightIsComputer) {
  checkOutline(log);
  let before = [-1, STILL, STILL];
  log.changes.forEach((change, place) => {
    checkShape(change, place);
    compare(before, change, place, log.ticks);
    if (rightIsComputer && change[2] !== STILL) {
      throw new LogRefused("foreign_input", `change ${place} presses keys for the computer`);
    }
    before = change;
  });
}

/** @param {InputLog} log */
function checkOutline(log) {
  if (!Number.isInteger(log?.ticks) || log.ticks < 1) {
    throw new LogRefused("malformed", "ticks must be a whole number above 0");
  }
  if (log.ticks > MAX_TICKS) {
    throw new LogRefused("too_long", `a match lasts at most ${MAX_TICKS} ticks`);
  }
  if (!Array.isArray(log.changes)) {
    throw new LogRefused("malformed", "changes must be a list");
  }
  if (log.changes.length > log.ticks) {
    const message = `${log.changes.length} changes do not fit into ${log.ticks} ticks`;
    throw new LogRefused("too_long", message);
  }
}

/**
 * @param {Change} change
 * @param {number} place
 */
function checkShape(change, place) {
  if (!Array.isArray(change) || change.length !== 3) {
    throw new LogRefused("malformed", `change ${place} must be a tick and two inputs`);
  }
  if (!change.every(Number.isInteger)) {
    throw new LogRefused("malformed", `change ${place} must be whole numbers`);
  }
  if (change[1] < UP || change[1] > DOWN || change[2] < UP || change[2] > DOWN) {
    throw new LogRefused("malformed", `change ${place} holds inputs other than -1, 0 and 1`);
  }
}

/**
 * @param {number[]} before
 * @param {Change} change
 * @param {number} place
 * @param {number} ticks
 */
function compare(before, change, place, ticks) {
  if (change[0] <= before[0] || change[0] >= ticks) {
    const message = `change ${place} must come after tick ${before[0]} and before tick ${ticks}`;
    throw new LogRefused("out_of_order", message);
  }
  if (change[1] === before[1] && change[2] === before[2]) {
    throw new LogRefused("no_change", `change ${place} holds the same inputs as before`);
  }
}

/**
 * @param {State} state
 * @param {Ai | null} ai
 * @param {InputLog} log
 * @returns {Outcome}
 */
function simulate(state, ai, log) {
  const pointsTimeline = [];
  let next = 0;
  let left = STILL;
  let right = STILL;
  while (state.tick < log.ticks && !state.winner) {
    if (next < log.changes.length && log.changes[next][0] === state.tick) {
      [, left, right] = log.changes[next];
      next += 1;
    }
    const { rally, leftScore, rightScore } = state;
    step(state, left, ai ? decide(ai, state) : right);
    if (state.leftScore + state.rightScore > leftScore + rightScore) {
      const side = state.leftScore > leftScore ? LEFT : RIGHT;
      pointsTimeline.push({ tick: state.tick, side, rally });
    }
  }
  return outcome(state, log.ticks, pointsTimeline);
}

/**
 * @param {State} state
 * @param {number} ticks
 * @param {Outcome["pointsTimeline"]} pointsTimeline
 * @returns {Outcome}
 */
function outcome(state, ticks, pointsTimeline) {
  if (!state.winner) {
    const message = `nobody has won ${state.points} points at tick ${ticks}`;
    throw new LogRefused("ends_early", message);
  }
  if (state.tick < ticks) {
    const message = `the match was won at tick ${state.tick}, the log goes on until ${ticks}`;
    throw new LogRefused("runs_on", message);
  }
  return {
    ticks: state.tick,
    leftScore: state.leftScore,
    rightScore: state.rightScore,
    winner: state.winner,
    longestRally: state.longestRally,
    hitsLeft: state.leftHits,
    hitsRight: state.rightHits,
    digest: digest(state),
    pointsTimeline,
  };
}
