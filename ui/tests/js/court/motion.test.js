import assert from "node:assert/strict";
import { test } from "node:test";

import { createMatch } from "../../../src/ui/static/court/match.js";
import { createMotion, emptyPicture, TRAIL_TICKS } from "../../../src/ui/static/court/motion.js";
import { COURT_WIDTH, LEFT, RIGHT, UNIT } from "../../../src/ui/static/pong/court.js";

function played(ticks, seed = 3) {
  const match = createMatch({ mode: "ai", level: "hard", seed, points: 3 });
  const motion = createMotion(match.state);
  const happenings = [];
  for (let tick = 0; tick < ticks && !match.isOver; tick += 1) {
    match.advance(match.state.ballY > match.state.leftY ? 1 : -1, 0);
    const happening = motion.follow(match.state);
    if (happening)
      happenings.push({ tick: match.state.tick, happening, state: { ...match.state } });
  }
  return { match, motion, happenings };
}

test("every hit, wall bounce, point and win is reported once", () => {
  const { match, happenings } = played(20_000);
  const count = (name) => happenings.filter(({ happening }) => happening === name).length;
  const { leftHits, rightHits, leftScore, rightScore } = match.state;
  assert.equal(count("paddle"), leftHits + rightHits);
  assert.equal(count("point") + count("win"), leftScore + rightScore);
  assert.equal(count("win"), 1);
  assert.ok(count("wall") > 0);
});

test("the picture is interpolated between the last two ticks", () => {
  const { match, motion } = played(100);
  const before = { ...match.state };
  match.advance(1, 0);
  motion.follow(match.state);
  assert.equal(motion.picture(0).ballX, before.ballX / UNIT);
  assert.equal(motion.picture(1).ballX, match.state.ballX / UNIT);
  assert.equal(motion.picture(0.5).ballX, (before.ballX + match.state.ballX) / 2 / UNIT);
});

test("after a point the ball returns at once and the scorer is lit until the serve", () => {
  const match = createMatch({ mode: "local", level: null, seed: 1, points: 3 });
  const motion = createMotion(match.state);
  while (match.state.leftScore + match.state.rightScore === 0) {
    match.advance(1, 1);
    motion.follow(match.state);
  }
  assert.equal(motion.picture(0).ballX, COURT_WIDTH / 2);
  assert.equal(motion.picture(0).scorer, match.state.leftScore ? LEFT : RIGHT);
  while (match.state.ballVx === 0) {
    match.advance(0, 0);
    motion.follow(match.state);
  }
  assert.equal(motion.picture(0).scorer, 0);
});

test("the trail is short, and a jump removes it", () => {
  const { match, motion } = played(150);
  assert.equal(motion.picture(1).trail.length, TRAIL_TICKS);
  motion.settle(match.state);
  assert.deepEqual(motion.picture(1).trail, []);
});

test("an empty court shows no ball", () => {
  assert.equal(emptyPicture().showsBall, false);
});
