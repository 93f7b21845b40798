/**
 * A synctest in the sense of GGPO: a match that is rolled back and replayed at every tick stays the
 * same.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Rollback } from "../../../src/ui/static/netcode/rollback.js";
import { LEFT, RIGHT } from "../../../src/ui/static/pong/court.js";
import { copyMatch, digest, newMatch, step } from "../../../src/ui/static/pong/engine.js";
import { seeded } from "./world.js";

const DEEPEST = 12;
const TICKS = 2_000;

/** Random keys for a number of ticks, each held for a while. */
function randomKeys(chance, ticks) {
  const keys = [];
  while (keys.length < ticks) {
    keys.push(...Array(1 + chance(40)).fill([chance(3) - 1, chance(3) - 1]));
  }
  return keys.slice(0, ticks);
}

for (let depth = 1; depth <= DEEPEST; depth += 1) {
  test(`a copy from ${depth} ticks ago plays to the same state`, () => {
    const keys = randomKeys(seeded(depth), TICKS);
    const state = newMatch(depth * 7_919, 21);
    const kept = [copyMatch(state)];
    for (const [left, right] of keys) {
      step(state, left, right);
      kept.push(copyMatch(state));
      if (kept.length > depth + 1) kept.shift();
      const again = copyMatch(kept[0]);
      const from = state.tick - (kept.length - 1);
      for (const [one, other] of keys.slice(from, state.tick)) step(again, one, other);
      assert.equal(digest(again), digest(state));
    }
  });
}

test("keys up to twelve ticks late, in any order, lead to the same match", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const chance = seeded(seed);
    const keys = randomKeys(chance, 1_200);
    const played = newMatch(seed, 21);
    const digests = [digest(played)];
    const match = new Rollback(newMatch(seed, 21), LEFT);
    const coming = [];
    let held = [0, 0];
    for (const [left, right] of keys) {
      const tick = match.head;
      if (left !== held[0]) {
        match.press(tick, left);
        match.receive(LEFT, tick, left);
      }
      if (right !== held[1]) coming.push({ tick, keys: right, at: tick + chance(DEEPEST + 1) });
      held = [left, right];
      step(played, left, right);
      digests.push(digest(played));
      match.advance(tick + 1);
      for (const arrived of coming.filter(({ at }) => at <= tick)) {
        match.receive(RIGHT, arrived.tick, arrived.keys);
        coming.splice(coming.indexOf(arrived), 1);
      }
      assert.ok((match.due ?? 0) <= DEEPEST);
      match.advance(match.head);
      const known = Math.min(...coming.map((later) => later.tick), match.head);
      if (chance(20) === 0) assert.equal(match.settle(known), digests[known]);
      if (coming.length === 0) assert.equal(digest(match.predicted), digest(played));
    }
    assert.equal(match.strays, 0);
  }
});

test("a predicted win that is rolled back continues the match", () => {
  const match = new Rollback(newMatch(3, 3), LEFT);
  match.advance(4_000);
  assert.notEqual(match.predicted.winner, 0);
  const won = match.predicted.tick;
  const late = match.receive(RIGHT, 40, 1);
  assert.equal(late, undefined);
  match.advance(4_000);
  const alone = newMatch(3, 3);
  while (alone.tick < 4_000 && alone.winner === 0) step(alone, 0, alone.tick >= 40 ? 1 : 0);
  assert.equal(digest(match.predicted), digest(alone));
  assert.ok(won > 0);
});

test("unchanged keys cause no rewind", () => {
  const match = new Rollback(newMatch(3, 3), LEFT);
  match.advance(100);
  match.receive(RIGHT, 95, 0);
  assert.equal(match.due, null);
  match.receive(RIGHT, 95, 1);
  assert.equal(match.due, 4);
  match.receive(RIGHT, 90, 1);
  assert.equal(match.due, 9);
});

test("keys for a settled tick are counted, but not played", () => {
  const match = new Rollback(newMatch(3, 3), LEFT);
  match.advance(100);
  match.settle(90);
  match.receive(RIGHT, 89, 1);
  assert.equal(match.strays, 1);
  assert.equal(match.due, null);
});
