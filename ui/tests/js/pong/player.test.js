/** The replay player shows the same match forwards, backwards and after jumps. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseKey } from "../../../src/ui/static/pong/ai.js";
import { copyMatch, digest, step } from "../../../src/ui/static/pong/engine.js";
import {
  finishLog,
  LogRefused,
  newRecording,
  recordKeys,
  startMatch,
} from "../../../src/ui/static/pong/log.js";
import { ReplayPlayer } from "../../../src/ui/static/pong/player.js";
import { advanceRng, randomBelow } from "../../../src/ui/static/pong/prng.js";

/** A match with random keys, and its digest at every tick. */
function played({ mode, level }) {
  const { state, ai } = startMatch(mode, level, 21, 7);
  const log = newRecording();
  const digests = [digest(state)];
  let rng = 4;
  let keys = [0, 0];
  while (!state.winner) {
    if (state.tick % 20 === 0) {
      rng = advanceRng(rng);
      keys = [randomBelow(rng, 3) - 1, ai ? 0 : randomBelow(advanceRng(rng), 3) - 1];
    }
    recordKeys(log, state.tick, ...keys);
    step(state, keys[0], ai ? chooseKey(ai, state) : keys[1]);
    digests.push(digest(state));
  }
  return { mode, level, seed: 21, points: 7, inputs: finishLog(log, state.tick), digests };
}

const MATCHES = [played({ mode: "ai", level: "hard" }), played({ mode: "local", level: null })];

/** The same match online, resigned by the left side at a tick. */
function givenUp(ticks) {
  const changes = MATCHES[1].inputs.changes.filter(([tick]) => tick < ticks);
  const digests = MATCHES[1].digests.slice(0, ticks + 1);
  return { ...MATCHES[1], mode: "online", inputs: { ticks, changes }, digests, forfeitedBy: 1 };
}

MATCHES.push(givenUp(1500));

for (const match of MATCHES) {
  test(`${match.mode}: playing shows every tick and stops at the last`, () => {
    const player = new ReplayPlayer(match);
    const shown = [digest(player.state)];
    while (player.advance()) {
      shown.push(digest(player.state));
    }
    assert.deepEqual(shown, match.digests);
    assert.equal(player.tick, match.inputs.ticks);
    assert.ok(player.done);
  });

  test(`${match.mode}: seeking shows the same state as playing`, () => {
    const player = new ReplayPlayer(match);
    let rng = 9;
    for (let jump = 0; jump < 300; jump += 1) {
      rng = advanceRng(rng);
      const tick = randomBelow(rng, match.inputs.ticks + 1);
      player.seek(tick);
      assert.equal(player.tick, tick);
      assert.equal(digest(player.state), match.digests[tick]);
      if (player.advance()) {
        assert.equal(digest(player.state), match.digests[tick + 1]);
      }
    }
  });
}

test("seeking beyond the ends stops at the ends", () => {
  const player = new ReplayPlayer(MATCHES[0]);
  player.seek(10 ** 9);
  assert.equal(player.tick, player.ticks);
  assert.ok(player.done);
  player.seek(-5);
  assert.equal(player.tick, 0);
  assert.ok(!player.done);
});

test("inputs are those of the last tick, also after a jump", () => {
  const [, match] = MATCHES;
  const player = new ReplayPlayer(match);
  player.seek(2000);
  player.seek(1234);
  const before = copyMatch(player.state);
  player.advance();
  const { left, right } = player.inputs;
  step(before, left, right);
  assert.deepEqual(before, player.state);
});

test("a resigned match ends with its log and without a winner in the state", () => {
  const player = new ReplayPlayer(givenUp(1500));
  player.seek(10 ** 9);
  assert.deepEqual([player.tick, player.done, player.state.winner], [1500, true, 0]);
  assert.ok(!player.advance());
});

test("a match resigned before its first tick is over at once", () => {
  const player = new ReplayPlayer(givenUp(0));
  assert.deepEqual([player.ticks, player.done, player.advance()], [0, true, false]);
  assert.throws(() => new ReplayPlayer({ ...givenUp(0), forfeitedBy: 0 }), LogRefused);
});

test("an invalid log is refused before anything is shown", () => {
  const inputs = { ticks: 10, changes: [[10, 1, 0]] };
  assert.throws(() => new ReplayPlayer({ ...MATCHES[0], inputs }), LogRefused);
});
