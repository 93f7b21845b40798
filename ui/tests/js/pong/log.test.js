/** Recording in the browser, and refusals equal to the server's. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseKey } from "../../../src/ui/static/pong/ai.js";
import { BadSettings, digest, MAX_TICKS, step } from "../../../src/ui/static/pong/engine.js";
import {
  finishLog,
  LogRefused,
  newRecording,
  recordKeys,
  replay,
  startMatch,
} from "../../../src/ui/static/pong/log.js";

const SEED = 11;
const LEFT = 1;
const RIGHT = 2;

/** A recorded match in which the left player follows the ball. */
function playedMatch(level = "normal", points = 3) {
  const { state, ai } = startMatch("ai", level, SEED, points);
  const log = newRecording();
  while (!state.winner) {
    const left = Math.sign(Math.trunc((state.ballY - state.leftY) / 4000));
    recordKeys(log, state.tick, left, 0);
    step(state, left, chooseKey(ai, state));
  }
  return { state, log: finishLog(log, state.tick) };
}

const refusal = (log, mode = "ai", level = "normal") => {
  try {
    replay(mode, level, SEED, 3, log);
  } catch (error) {
    assert.ok(error instanceof LogRefused, String(error));
    return error.code;
  }
  return null;
};

test("a recording contains changes only", () => {
  const log = newRecording();
  [
    [0, 0],
    [1, 0],
    [1, 0],
    [1, -1],
    [0, 0],
  ].forEach(([left, right], tick) => {
    recordKeys(log, tick, left, right);
  });
  assert.deepEqual(finishLog(log, 5), {
    ticks: 5,
    changes: [
      [1, 1, 0],
      [3, 1, -1],
      [4, 0, 0],
    ],
  });
});

test("a recorded match replays to the same end", () => {
  const { state, log } = playedMatch();
  const outcome = replay("ai", "normal", SEED, 3, JSON.parse(JSON.stringify(log)));
  assert.equal(outcome.digest, digest(state));
  assert.equal(outcome.ticks, state.tick);
  assert.deepEqual([outcome.leftScore, outcome.rightScore], [state.leftScore, state.rightScore]);
  assert.equal(outcome.pointsTimeline.length, state.leftScore + state.rightScore);
});

test("a shortened log ends early, a lengthened one runs on", () => {
  const { log } = playedMatch();
  const shorter = log.changes.filter(([tick]) => tick < log.ticks - 1);
  assert.equal(refusal({ ticks: log.ticks - 1, changes: shorter }), "ends_early");
  assert.equal(refusal({ ...log, ticks: log.ticks + 1 }), "runs_on");
});

test("each fault has its code", () => {
  const cases = [
    [null, "malformed"],
    [{ ticks: 0, changes: [] }, "malformed"],
    [{ ticks: 1.5, changes: [] }, "malformed"],
    [{ ticks: 10, changes: {} }, "malformed"],
    [{ ticks: 10, changes: [[0, 1]] }, "malformed"],
    [{ ticks: 10, changes: [[0, 2, 0]] }, "malformed"],
    [{ ticks: 10, changes: [[0, 0.5, 0]] }, "malformed"],
    [{ ticks: 10, changes: [["0", 1, 0]] }, "malformed"],
    [{ ticks: MAX_TICKS + 1, changes: [] }, "too_long"],
    [{ ticks: 1, changes: [[0], [0]] }, "too_long"],
    [{ ticks: 10, changes: [[10, 1, 0]] }, "out_of_order"],
    [{ ticks: 10, changes: [[-1, 1, 0]] }, "out_of_order"],
    [{ ticks: 10, changes: [[0, 0, 0]] }, "no_change"],
    [{ ticks: 10, changes: [[0, 0, 1]] }, "foreign_input"],
  ];
  for (const [log, code] of cases) {
    assert.equal(refusal(log), code, JSON.stringify(log));
  }
  assert.equal(refusal({ ticks: 10, changes: [[0, 0, 1]] }, "local", null), "ends_early");
});

test("invalid settings are refused separately from logs", () => {
  const log = { ticks: 1, changes: [] };
  assert.throws(() => replay("chess", null, 1, 3, log), BadSettings);
  assert.throws(() => replay("online", "easy", 1, 3, log), BadSettings);
  assert.throws(() => replay("ai", null, 1, 3, log), BadSettings);
  assert.throws(() => replay("local", "easy", 1, 3, log), BadSettings);
});

/** Two players who follow the ball, the right one more slowly. */
function playedOnline() {
  const { state } = startMatch("online", null, SEED, 3);
  const log = newRecording();
  const towards = (y, slack) => Math.sign(Math.trunc((state.ballY - y) / slack));
  while (!state.winner) {
    const keys = [towards(state.leftY, 4000), state.tick % 3 ? 0 : towards(state.rightY, 9000)];
    recordKeys(log, state.tick, ...keys);
    step(state, ...keys);
  }
  return { state, log: finishLog(log, state.tick) };
}

test("an online match replays like a match at one keyboard", () => {
  const { state, log } = playedOnline();
  for (const mode of ["online", "hotseat"]) {
    const outcome = replay(mode, null, SEED, 3, log);
    assert.deepEqual(outcome, replay("local", null, SEED, 3, log));
    assert.equal(outcome.digest, digest(state));
  }
});

test("a resigning side loses whatever the score", () => {
  const { log } = playedOnline();
  for (const ticks of [0, 1, 500, log.ticks - 1]) {
    const left = { ticks, changes: log.changes.filter(([tick]) => tick < ticks) };
    assert.equal(replay("online", null, SEED, 3, left, LEFT).winner, RIGHT);
    const outcome = replay("online", null, SEED, 3, left, RIGHT);
    assert.deepEqual([outcome.winner, outcome.ticks], [LEFT, ticks]);
    assert.equal(outcome.pointsTimeline.length, outcome.leftScore + outcome.rightScore);
  }
});

test("a won match cannot be resigned", () => {
  const { log } = playedOnline();
  for (const ticks of [log.ticks, log.ticks + 50]) {
    assert.throws(
      () => replay("online", null, SEED, 3, { ...log, ticks }, LEFT),
      (error) => error instanceof LogRefused && error.code === "already_won",
    );
  }
});

test("only a side of an online match can resign", () => {
  const log = { ticks: 1, changes: [] };
  assert.throws(() => replay("ai", "easy", SEED, 3, log, LEFT), BadSettings);
  assert.throws(() => replay("local", null, SEED, 3, log, RIGHT), BadSettings);
  assert.throws(() => replay("hotseat", null, SEED, 3, log, RIGHT), BadSettings);
  assert.throws(() => replay("online", null, SEED, 3, log, 3), BadSettings);
});
