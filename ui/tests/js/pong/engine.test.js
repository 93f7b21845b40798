/** The rules in JavaScript where they can differ from Python's: integers, signs, refusals. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { countBounces, foldAtWalls, scaleByRatio } from "../../../src/ui/static/pong/ball.js";
import {
  FACE_RIGHT,
  MIDDLE_Y,
  PADDLE_SPEED,
  REACH,
  WALL_BOTTOM,
  WALL_TOP,
} from "../../../src/ui/static/pong/court.js";
import {
  BadSettings,
  copyMatch,
  digest,
  newMatch,
  RALLY_SPEED_CAP,
  step,
} from "../../../src/ui/static/pong/engine.js";
import {
  advanceRng,
  GOLDEN_STEP,
  randomBelow,
  scrambleRng,
} from "../../../src/ui/static/pong/prng.js";

const flying = (fields) => ({ ...newMatch(1, 3), serveIn: 0, ...fields });

test("the generator scrambles like MurmurHash3's finaliser", () => {
  assert.equal(scrambleRng(0), 0);
  assert.equal(scrambleRng(1), 0x514e28b7);
  assert.equal(scrambleRng(0xffffffff), 0x81f16f39);
  assert.equal(advanceRng(0xffffffff), GOLDEN_STEP - 1);
  assert.equal(randomBelow(0, 6), 0);
});

test("quotients equal those of exact arithmetic", () => {
  let rng = 5;
  const draw = (limit) => {
    rng = advanceRng(rng);
    return randomBelow(rng, limit);
  };
  for (let round = 0; round < 20_000; round += 1) {
    const [value, part, whole] = [draw(8193) - 4096, draw(200_000), 1 + draw(13_000)];
    const exact = Number((BigInt(value) * BigInt(part)) / BigInt(whole));
    assert.ok(Object.is(scaleByRatio(value, part, whole), exact), `${value} * ${part} / ${whole}`);
  }
});

test("one fold equals a bounce at every wall", () => {
  for (const vy of [-4096, -1111, -1, 1, 333, 4096]) {
    let [y, slowVy] = [MIDDLE_Y, vy];
    for (let ticks = 1; ticks < 500; ticks += 1) {
      y += slowVy;
      if (countBounces(y)) {
        [y, slowVy] = [foldAtWalls(y), -slowVy];
      }
      assert.equal(foldAtWalls(MIDDLE_Y + vy * ticks), y);
      assert.equal(countBounces(MIDDLE_Y + vy * ticks) % 2 ? -vy : vy, slowVy);
    }
  }
});

test("a match contains safe integers only, and no negative zero", () => {
  for (const keys of [
    [1, -1],
    [-1, 1],
    [0, 0],
  ]) {
    const state = newMatch(2 ** 32 - 1, 3);
    for (let tick = 0; tick < 2000; tick += 1) {
      step(state, ...keys);
      for (const [name, value] of Object.entries(state)) {
        assert.ok(Number.isSafeInteger(value) && !Object.is(value, -0), `${name} is ${value}`);
      }
    }
  }
});

test("a flat ball hit by the paddle's middle keeps a positive zero", () => {
  const state = flying({ ballX: FACE_RIGHT - 1, ballY: MIDDLE_Y, ballVx: RALLY_SPEED_CAP });
  step(state, 0, 0);
  assert.ok(Object.is(state.ballVy, 0));
  assert.equal(state.rally, 1);
});

test("the fastest ball does not pass through a paddle", () => {
  for (let offset = -REACH; offset <= REACH; offset += 500) {
    for (let gap = 1; gap <= RALLY_SPEED_CAP; gap += 500) {
      const ballY = MIDDLE_Y + offset;
      const state = flying({ ballX: FACE_RIGHT - gap, ballY, ballVx: RALLY_SPEED_CAP });
      step(state, 0, 0);
      assert.ok(state.ballVx < 0, `offset ${offset}, gap ${gap}`);
    }
  }
});

test("walls mirror the ball", () => {
  const state = flying({ ballVx: 100, ballVy: -300, ballY: WALL_TOP + 100 });
  step(state, 0, 0);
  assert.deepEqual([state.ballY, state.ballVy], [WALL_TOP + 200, 300]);
  const other = flying({ ballVx: 100, ballVy: 300, ballY: WALL_BOTTOM - 100 });
  step(other, 0, 0);
  assert.deepEqual([other.ballY, other.ballVy], [WALL_BOTTOM - 200, -300]);
});

test("keys move their own paddle", () => {
  const state = newMatch(1, 3);
  step(state, -1, 1);
  assert.deepEqual([state.leftY, state.rightY], [MIDDLE_Y - PADDLE_SPEED, MIDDLE_Y + PADDLE_SPEED]);
});

test("a finished match does not move", () => {
  const state = flying({ winner: 1, ballVx: 100 });
  const before = copyMatch(state);
  step(state, 1, 1);
  assert.deepEqual(state, before);
});

test("the digest covers every field", () => {
  const state = newMatch(1, 3);
  for (const name of Object.keys(state)) {
    for (const by of [1, -1, 2 ** 31]) {
      assert.notEqual(digest({ ...state, [name]: state[name] + by }), digest(state), name);
    }
  }
});

test("unknown settings are refused", () => {
  for (const seed of [-1, 2 ** 32, 1.5, "1", null, undefined]) {
    assert.throws(() => newMatch(seed, 3), BadSettings);
  }
  for (const points of [0, 4, "3", null]) {
    assert.throws(() => newMatch(1, points), BadSettings);
  }
});
