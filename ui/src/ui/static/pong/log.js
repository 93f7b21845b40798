/**
 * The input log: the form in which a match is stored, and its replay to a result.
 *
 * A log lists only the ticks at which a side's keys changed. In a match against the computer it has the person's keys
 * alone, because the opponent is replayed from the seed. Twin of libs/pong/src/pong/log.py, which decides: the server
 * trusts only its own replay.
 */

import { chooseKey, newAi } from "./ai.js";
import { DOWN, LEFT, MAX_TICKS, NOBODY, RIGHT, STILL, UP } from "./court.js";
import { BadSettings, digest, newMatch, step } from "./engine.js";

/** @typedef {import("./engine.js").State} State */
/** @typedef {import("./ai.js").Ai} Ai */

/**
 * A tick, and the keys held by the left and the right side from that tick on.
 * @typedef {[number, number, number]} Change
 */

/**
 * The key changes of a match, in the format of requests; no key is held before the first change.
 * @typedef {object} InputLog
 * @property {number} ticks
 * @property {Change[]} changes
 */

/**
 * The log of a match that is still being played.
 * @typedef {object} Recording
 * @property {Change[]} changes
 * @property {number} left
 * @property {number} right
 */

/**
 * The result of a match, computed by simulation. Only a forfeit is not simulated: then `winner` is the other side, and
 * neither score need reach the points.
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

/** Against the computer; two people at one keyboard; two people on two machines; the second in a tournament. */
export const MODES = Object.freeze(["ai", "local", "online", "hotseat"]);
const FORFEITERS = Object.freeze([NOBODY, LEFT, RIGHT]);

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
 * Returns the recording of a match before its start.
 * @returns {Recording}
 */
export function newRecording() {
  return { changes: [], left: STILL, right: STILL };
}

/**
 * Records the keys held during the step after `tick`; call it before each `step`. In a match against the computer
 * `right` is 0.
 * @param {Recording} recording
 * @param {number} tick
 * @param {number} left
 * @param {number} right
 */
export function recordKeys(recording, tick, left, right) {
  if (left !== recording.left || right !== recording.right) {
    recording.changes.push([tick, left, right]);
    recording.left = left;
    recording.right = right;
  }
}

/**
 * Returns the log of a match that ended at tick `ticks`.
 * @param {Recording} recording
 * @param {number} ticks
 * @returns {InputLog}
 */
export function finishLog(recording, ticks) {
  return { ticks, changes: recording.changes.map((change) => /** @type {Change} */ ([...change])) };
}

/**
 * Returns a match before its first tick, and its computer opponent, if any.
 * @param {string} mode
 * @param {string | null} level
 * @param {number} seed
 * @param {number} points
 * @returns {{state: State, ai: Ai | null}}
 * @throws {BadSettings}
 */
export function startMatch(mode, level, seed, points) {
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
 * Replays a log and returns the result. A side of an online match may give up: with `forfeitedBy` the log stops there,
 * at tick 0 at the earliest and before the match was won, and the other side is the winner.
 * @param {string} mode
 * @param {string | null} level
 * @param {number} seed
 * @param {number} points
 * @param {InputLog} log
 * @param {number} [forfeitedBy]
 * @returns {Outcome}
 * @throws {LogRefused} for anything wrong with `log`
 * @throws {BadSettings}
 */
export function replay(mode, level, seed, points, log, forfeitedBy = NOBODY) {
  const { state, ai } = startMatch(mode, level, seed, points);
  if (!(mode === "online" ? FORFEITERS : [NOBODY]).includes(forfeitedBy)) {
    throw new BadSettings("forfeitedBy", forfeitedBy);
  }
  checkLog(log, ai !== null, forfeitedBy !== NOBODY);
  const pointsTimeline = simulate(state, ai, log);
  return outcome(state, determineWinner(state, log.ticks, forfeitedBy), pointsTimeline);
}

/**
 * Checks every number of a log. Only a forfeited match may end before its first tick.
 * @param {InputLog} log
 * @param {boolean} rightIsComputer
 * @param {boolean} [mayBeEmpty]
 * @throws {LogRefused}
 */
export function checkLog(log, rightIsComputer, mayBeEmpty = false) {
  checkOutline(log, mayBeEmpty ? 0 : 1);
  let before = [-1, STILL, STILL];
  log.changes.forEach((change, place) => {
    checkShape(change, place);
    checkOrder(before, change, place, log.ticks);
    if (rightIsComputer && change[2] !== STILL) {
      throw new LogRefused("foreign_input", `change ${place} presses keys for the computer`);
    }
    before = change;
  });
}

/**
 * @param {InputLog} log
 * @param {number} least
 */
function checkOutline(log, least) {
  if (!Number.isInteger(log?.ticks) || log.ticks < least) {
    throw new LogRefused("malformed", `ticks must be a whole number from ${least} on`);
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
function checkOrder(before, change, place, ticks) {
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
 * @returns {Outcome["pointsTimeline"]}
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
    step(state, left, ai ? chooseKey(ai, state) : right);
    if (state.leftScore + state.rightScore > leftScore + rightScore) {
      const side = state.leftScore > leftScore ? LEFT : RIGHT;
      pointsTimeline.push({ tick: state.tick, side, rally });
    }
  }
  return pointsTimeline;
}

/**
 * @param {State} state
 * @param {number} ticks
 * @param {number} forfeitedBy
 * @returns {number}
 */
function determineWinner(state, ticks, forfeitedBy) {
  if (forfeitedBy) {
    if (state.winner) {
      const message = `the match was won at tick ${state.tick} and can no longer be forfeited`;
      throw new LogRefused("already_won", message);
    }
    return LEFT + RIGHT - forfeitedBy;
  }
  if (!state.winner) {
    const message = `neither side has won ${state.points} points at tick ${ticks}`;
    throw new LogRefused("ends_early", message);
  }
  if (state.tick < ticks) {
    const message = `the match was won at tick ${state.tick}, the log goes on until ${ticks}`;
    throw new LogRefused("runs_on", message);
  }
  return state.winner;
}

/**
 * @param {State} state
 * @param {number} winner
 * @param {Outcome["pointsTimeline"]} pointsTimeline
 * @returns {Outcome}
 */
function outcome(state, winner, pointsTimeline) {
  return {
    ticks: state.tick,
    leftScore: state.leftScore,
    rightScore: state.rightScore,
    winner,
    longestRally: state.longestRally,
    hitsLeft: state.leftHits,
    hitsRight: state.rightHits,
    digest: digest(state),
    pointsTimeline,
  };
}
