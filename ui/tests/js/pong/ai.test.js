/** The computer opponent follows its own rules in the browser, too. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  chooseKey,
  copyAi,
  LEVELS,
  newAi,
  TICKS_BETWEEN_LOOKS,
} from "../../../src/ui/static/pong/ai.js";
import { BadSettings, LEFT, newMatch, RIGHT, step } from "../../../src/ui/static/pong/engine.js";

const TICKS = 3000;
const wave = (tick) => (Math.floor(tick / 25) % 3) - 1;

for (const level of LEVELS) {
  test(`${level} ignores the state between two looks, which are at least a second apart`, () => {
    const state = newMatch(3, 21);
    const ai = newAi(level, 3, RIGHT);
    const blind = newAi(level, 3, RIGHT);
    let lastLook = -TICKS_BETWEEN_LOOKS;
    while (state.tick < TICKS) {
      const looks = state.tick >= blind.nextLook;
      if (looks) {
        assert.ok(state.tick - lastLook >= TICKS_BETWEEN_LOOKS);
        lastLook = state.tick;
      }
      const { tick, rightY } = state;
      const nonsense = { ...newMatch(99, 3), tick, rightY, ballVx: 777, leftScore: 2 };
      const pressed = chooseKey(ai, state);
      assert.ok([-1, 0, 1].includes(pressed));
      assert.equal(chooseKey(blind, looks ? state : nonsense), pressed);
      assert.deepEqual(blind, ai);
      step(state, wave(tick), pressed);
    }
  });
}

test("a copy is independent of its original", () => {
  const ai = newAi("hard", 1, LEFT);
  const copy = copyAi(ai);
  chooseKey(ai, newMatch(1, 3));
  assert.notDeepEqual(copy, ai);
});

test("unknown levels and sides are refused", () => {
  assert.throws(() => newAi("toString", 1, RIGHT), BadSettings);
  assert.throws(() => newAi("", 1, RIGHT), BadSettings);
  assert.throws(() => newAi("easy", 1, 0), BadSettings);
});
