/**
 * The browser's rules as a process: libs/pong/tests/test_twin.py asks, this answers, a line of JSON
 * each way. Not a test itself.
 */

import { createInterface } from "node:readline";

import { decide } from "../../../src/ui/static/pong/ai.js";
import * as court from "../../../src/ui/static/pong/court.js";
import { digest, step } from "../../../src/ui/static/pong/engine.js";
import { LogRefused, replay, start } from "../../../src/ui/static/pong/log.js";

const ANSWERS = { court: () => court, digests, replay: replayed };

createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[question.ask](question))}\n`);
});

/** The digest of every tick from 0, whether or not the match is over by then. */
function digests({ mode, level, seed, points, keys }) {
  const { state, ai } = start(mode, level, seed, points);
  const all = [digest(state)];
  for (const [left, right, ticks] of keys) {
    for (let tick = 0; tick < ticks; tick += 1) {
      step(state, left, ai ? decide(ai, state) : right);
      all.push(digest(state));
    }
  }
  return all;
}

function replayed({ mode, level, seed, points, log, forfeitedBy }) {
  try {
    return replay(mode, level, seed, points, log, forfeitedBy);
  } catch (error) {
    if (error instanceof LogRefused) {
      return { refused: error.code, message: error.message };
    }
    throw error;
  }
}
