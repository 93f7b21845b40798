import assert from "node:assert/strict";
import { test } from "node:test";

import { createMatch } from "../../../src/ui/static/court/match.js";
import { MAX_TICKS } from "../../../src/ui/static/pong/court.js";
import { digest } from "../../../src/ui/static/pong/engine.js";
import { replay } from "../../../src/ui/static/pong/log.js";

function playOut(match, keys) {
  for (let tick = 0; !match.isOver; tick += 1) match.advance(...keys(tick));
  return match;
}

test("the log of a match replays to the same digest in both modes", () => {
  const keys = (tick) => [(Math.floor(tick / 13) % 3) - 1, (Math.floor(tick / 29) % 3) - 1];
  for (const [mode, level] of [
    ["ai", "hard"],
    ["local", null],
  ]) {
    const match = playOut(createMatch({ mode, level, seed: 99, points: 3 }), keys);
    const outcome = replay(mode, level, 99, 3, match.log());
    assert.equal(outcome.digest, digest(match.state), mode);
  }
});

test("only the computer moves its paddle", () => {
  const match = createMatch({ mode: "ai", level: "easy", seed: 1, points: 3 });
  for (let tick = 0; tick < 30; tick += 1) match.advance(0, 1);
  assert.deepEqual(match.log().changes, []);
});

test("a match without a winner ends after half an hour", () => {
  const match = createMatch({ mode: "local", level: null, seed: 1, points: 21 });
  match.state.tick = MAX_TICKS - 1;
  assert.equal(match.isOver, false);
  match.advance(0, 0);
  assert.equal(match.isOver, true);
});
