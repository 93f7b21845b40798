import assert from "node:assert/strict";
import { test } from "node:test";

import { createLifetime } from "../../../src/ui/static/court/lifetime.js";
import {
  createTouch,
  listenToDrags,
  listenToHold,
  toward,
} from "../../../src/ui/static/court/touch.js";
import { LEFT, MAX_TICKS, PADDLE_SPEED, RIGHT } from "../../../src/ui/static/pong/court.js";
import { FakeElement, FakePage } from "./fake-page.js";

const ZONE = 10;

function court() {
  const area = new FakeElement();
  const touch = createTouch();
  const lifetime = createLifetime(new FakePage());
  listenToDrags(lifetime, area, {
    touch,
    sideAt: (across) => (across < 0.5 ? LEFT : RIGHT),
    courtY: (down) => down * 1_000,
  });
  return { area, touch, lifetime };
}

function point(pointerId, clientX, clientY) {
  return { pointerId, clientX, clientY, button: 0 };
}

test("a finger above the paddle means up, below it down, on it nothing", () => {
  assert.equal(toward(100, 500, ZONE, true), -1);
  assert.equal(toward(900, 500, ZONE, true), 1);
  assert.equal(toward(510, 500, ZONE, true), 0);
  assert.equal(toward(489, 500, ZONE, true), -1);
});

test("a paddle stops at the finger and ignores small movements", () => {
  const touch = createTouch();
  const target = 40_123;
  let paddleY = 80_000;
  touch.drag(1, LEFT, target);
  for (let tick = 0; tick < 60; tick += 1) {
    paddleY += touch.direction(LEFT, paddleY, PADDLE_SPEED) * PADDLE_SPEED;
  }
  assert.ok(Math.abs(paddleY - target) <= PADDLE_SPEED);
  for (const tremble of [PADDLE_SPEED, -PADDLE_SPEED, 2 * PADDLE_SPEED, 0]) {
    touch.drag(1, LEFT, target + tremble);
    assert.equal(touch.direction(LEFT, paddleY, PADDLE_SPEED), 0);
  }
});

test("half an hour of following a slow finger stays within the log's limit of changes", () => {
  const touch = createTouch();
  let [paddleY, before, changes] = [64_000, 0, 0];
  for (let tick = 0; tick < MAX_TICKS; tick += 1) {
    touch.drag(1, LEFT, 64_000 + Math.sin(tick / 40) * 40_000);
    const way = touch.direction(LEFT, paddleY, PADDLE_SPEED);
    paddleY += way * PADDLE_SPEED;
    if (way !== before) changes += 1;
    before = way;
  }
  assert.ok(changes < 36_000, String(changes));
});

test("a finger steers the half of its first touch, wherever it slides", () => {
  const { area, touch } = court();
  area.dispatch("pointerdown", point(7, 100, 50));
  assert.equal(touch.direction(LEFT, 500, ZONE), -1);
  assert.equal(touch.direction(RIGHT, 500, ZONE), null);
  area.dispatch("pointermove", point(7, 700, 450));
  assert.equal(touch.direction(LEFT, 500, ZONE), 1);
  assert.equal(touch.direction(RIGHT, 500, ZONE), null);
});

test("two fingers steer two paddles", () => {
  const { area, touch } = court();
  area.dispatch("pointerdown", point(1, 100, 0));
  area.dispatch("pointerdown", point(2, 700, 500));
  assert.equal(touch.direction(LEFT, 500, ZONE), -1);
  assert.equal(touch.direction(RIGHT, 500, ZONE), 1);
});

test("a lifted, cancelled or lost finger steers nothing", () => {
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    const { area, touch } = court();
    area.dispatch("pointerdown", point(1, 100, 0));
    area.dispatch(type, point(1, 100, 0));
    area.dispatch("pointermove", point(1, 100, 0));
    assert.equal(touch.direction(LEFT, 500, ZONE), null, type);
  }
});

test("a mouse that only passes over steers nothing", () => {
  const { area, touch } = court();
  area.dispatch("pointermove", point(1, 100, 0));
  assert.equal(touch.direction(LEFT, 500, ZONE), null);
  area.dispatch("pointerdown", { ...point(1, 100, 0), button: 2 });
  assert.equal(touch.direction(LEFT, 500, ZONE), null);
});

test("a held button steers until it is released, by finger and by key", () => {
  const touch = createTouch();
  const button = new FakeElement();
  listenToHold(createLifetime(new FakePage()), button, { touch, side: LEFT, way: 1 });
  button.dispatch("pointerdown", point(3, 0, 0));
  assert.equal(touch.direction(LEFT, 0, ZONE), 1);
  button.dispatch("pointerup", point(3, 0, 0));
  assert.equal(touch.direction(LEFT, 0, ZONE), null);
  button.dispatch("keydown", { code: "Space" });
  assert.equal(touch.direction(LEFT, 0, ZONE), 1);
  button.dispatch("blur");
  assert.equal(touch.direction(LEFT, 0, ZONE), null);
});

test("the latest finger on a side wins", () => {
  const { area, touch } = court();
  area.dispatch("pointerdown", point(1, 100, 0));
  area.dispatch("pointerdown", point(2, 100, 500));
  assert.equal(touch.direction(LEFT, 500, ZONE), 1);
  area.dispatch("pointerup", point(2, 100, 500));
  assert.equal(touch.direction(LEFT, 500, ZONE), -1);
});

test("no listener remains after the end", () => {
  const { area, lifetime } = court();
  lifetime.end();
  assert.equal(area.listenerCount, 0);
});
