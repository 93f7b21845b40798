/**
 * Runs the browser's rules as a process for libs/pong/tests/test_twin.py: one line of JSON for each
 * request and each answer. Not a test itself.
 */

import { createInterface } from "node:readline";

import { chooseKey } from "../../../src/ui/static/pong/ai.js";
import * as court from "../../../src/ui/static/pong/court.js";
import { digest, step } from "../../../src/ui/static/pong/engine.js";
import { LogRefused, replay, startMatch } from "../../../src/ui/static/pong/log.js";

const ANSWERS = { court: () => court, digests, replay: replayed };

createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[question.ask](question))}\n`);
});

/** The digest of every tick from 0, also beyond the end of the match. */
function digests({ mode, level, seed, points, keys }) {
  const { state, ai } = startMatch(mode, level, seed, points);
  const all = [digest(state)];
  for (const [left, right, ticks] of keys) {
    for (let tick = 0; tick < ticks; tick += 1) {
      step(state, left, ai ? chooseKey(ai, state) : right);
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
