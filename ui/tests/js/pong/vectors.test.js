/** The browser's rules play the golden vectors; the Python tests play the same files. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { chooseKey } from "../../../src/ui/static/pong/ai.js";
import {
  digest,
  mixIntoDigest,
  RULES_VERSION,
  step,
  TICKS_PER_SECOND,
} from "../../../src/ui/static/pong/engine.js";
import { replay, startMatch } from "../../../src/ui/static/pong/log.js";

const FOLDER = new URL("../../../../tests/vectors/", import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));

for (const name of FILES) {
  test(`every tick of every match in ${name} equals the vector`, () => {
    const { rules, mode, matches } = read(name);
    assert.equal(rules, RULES_VERSION);
    for (const match of matches) {
      assert.deepEqual(played(mode, match), match);
    }
  });
}

test("every online match ends as in its vector", () => {
  for (const match of read("online.json").matches) {
    const { seed, points, ticks, forfeited_by: forfeitedBy, winner, score } = match;
    const changes = [];
    for (let place = 0; place < match.changes.length; place += 3) {
      changes.push(match.changes.slice(place, place + 3));
    }
    const outcome = replay("online", null, seed, points, { ticks, changes }, forfeitedBy);
    assert.equal(outcome.winner, winner);
    assert.deepEqual([outcome.leftScore, outcome.rightScore], score);
  }
});

test("there are at least 300 vectors", () => {
  const count = FILES.reduce((sum, name) => sum + read(name).matches.length, 0);
  assert.ok(count >= 300);
});

/** Computes a vector from its settings and inputs alone. */
function played(mode, match) {
  const { state, ai } = startMatch(mode, match.level, match.seed, match.points);
  const { changes } = match;
  let next = 0;
  let left = 0;
  let right = 0;
  let chain = 0;
  let every60 = "";
  for (;;) {
    const word = digest(state);
    chain = mixIntoDigest(chain, word);
    if (state.tick % TICKS_PER_SECOND === 0) {
      every60 += word.toString(16).padStart(8, "0");
    }
    if (state.tick === match.ticks || state.winner) {
      break;
    }
    if (changes[next] === state.tick) {
      [left, right] = [changes[next + 1], changes[next + 2]];
      next += 3;
    }
    step(state, left, ai ? chooseKey(ai, state) : right);
  }
  const score = [state.leftScore, state.rightScore];
  return { ...match, ticks: state.tick, score, chain, every_60: every60 };
}
