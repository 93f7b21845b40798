import assert from "node:assert/strict";
import { test } from "node:test";

import { createLoop, LONGEST_FRAME_MS } from "../../../src/ui/static/court/loop.js";
import { createMatch } from "../../../src/ui/static/court/match.js";
import { digest } from "../../../src/ui/static/pong/engine.js";

const SETTINGS = { mode: "ai", level: "normal", seed: 20261124, points: 21 };
const TICKS = 1_200;

/** The digests of a match whose inputs depend only on the tick. */
function play(hertz) {
  const match = createMatch(SETTINGS);
  const digests = [];
  const loop = createLoop({
    tick() {
      match.advance((Math.floor(match.state.tick / 17) % 3) - 1, 0);
      digests.push(digest(match.state));
    },
    draw() {},
  });
  for (let frame = 0; digests.length < TICKS; frame += 1)
    loop.frame(5_000 + (frame * 1_000) / hertz);
  return { digests: digests.slice(0, TICKS), drawn: digests.length };
}

test("a match is the same at every display rate", () => {
  const { digests } = play(60);
  for (const hertz of [30, 59.94, 144, 240])
    assert.deepEqual(play(hertz).digests, digests, `${hertz} Hz`);
});

test("a second has sixty ticks at every display rate, also after ten minutes", () => {
  for (const hertz of [30, 59.94, 60, 144, 240]) {
    let ticks = 0;
    const loop = createLoop({
      tick: () => {
        ticks += 1;
      },
      draw() {},
    });
    const frames = Math.round(600 * hertz);
    for (let frame = 0; frame <= frames; frame += 1) loop.frame((frame * 1_000) / hertz);
    assert.ok(Math.abs(ticks - 36_000) <= 1, `${hertz} Hz: ${ticks}`);
  }
});

test("a stalled page catches up by at most the longest frame", () => {
  let ticks = 0;
  const loop = createLoop({
    tick: () => {
      ticks += 1;
    },
    draw() {},
  });
  loop.frame(0);
  loop.frame(60_000);
  assert.equal(ticks, Math.floor((LONGEST_FRAME_MS * 60) / 1_000));
  loop.frame(60_100);
  assert.equal(ticks, Math.floor(((LONGEST_FRAME_MS + 100) * 60) / 1_000));
});

test("time during a rest does not count", () => {
  let ticks = 0;
  const loop = createLoop({
    tick: () => {
      ticks += 1;
    },
    draw() {},
  });
  loop.frame(0);
  loop.frame(100);
  loop.rest();
  loop.frame(5_000);
  assert.equal(ticks, 6);
  loop.frame(5_100);
  assert.equal(ticks, 12);
});

test("the picture is drawn between the last two ticks", () => {
  const drawn = [];
  const loop = createLoop({ tick() {}, draw: (between) => drawn.push(between) });
  for (const now of [0, 4, 10, 18, 25]) loop.frame(now);
  assert.deepEqual(
    drawn.map((between) => between.toFixed(2)),
    ["0.00", "0.24", "0.60", "0.08", "0.50"],
  );
});

test("a tick that returns false ends its frame and shows the last state", () => {
  let ticks = 0;
  const drawn = [];
  const loop = createLoop({
    tick() {
      ticks += 1;
      return ticks < 3;
    },
    draw: (between) => drawn.push(between),
  });
  loop.frame(0);
  loop.frame(200);
  assert.equal(ticks, 3);
  assert.equal(drawn.at(-1), 1);
});

test("half and fourfold speed play half and four times the ticks", () => {
  for (const [speed, expected] of [
    [0.5, 6],
    [4, 48],
  ]) {
    let ticks = 0;
    const loop = createLoop({
      tick: () => {
        ticks += 1;
      },
      draw() {},
    });
    loop.setSpeed(speed);
    loop.frame(0);
    loop.frame(100);
    loop.frame(200);
    assert.equal(ticks, expected);
  }
});

test("a clock that steps back plays no tick twice", () => {
  let ticks = 0;
  const loop = createLoop({
    tick: () => {
      ticks += 1;
    },
    draw() {},
  });
  for (const now of [1_000, 1_100, 1_050, 1_100]) loop.frame(now);
  assert.equal(ticks, 6);
});
