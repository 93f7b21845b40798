import assert from "node:assert/strict";
import { test } from "node:test";

import { createKeys, listenToKeys } from "../../../src/ui/static/court/keys.js";
import { createLifetime } from "../../../src/ui/static/court/lifetime.js";
import { LEFT, RIGHT } from "../../../src/ui/static/pong/court.js";
import { FakePage } from "./fake-page.js";

function listening(mode = "ai") {
  const page = new FakePage();
  const keys = createKeys(mode);
  const pauses = [];
  const lifetime = createLifetime(page);
  let playing = true;
  listenToKeys(lifetime, page, {
    keys: () => (playing ? keys : null),
    pause: () => pauses.push("pause") > 0,
  });
  const stopPlaying = () => {
    playing = false;
  };
  return { page, keys, pauses, lifetime, stopPlaying };
}

/** @returns {boolean} whether the default action was prevented */
function press(page, code, more = {}) {
  let prevented = false;
  const preventDefault = () => {
    prevented = true;
  };
  page.dispatch("keydown", { code, preventDefault, ...more });
  return prevented;
}

test("against the computer both pairs of keys move the left paddle", () => {
  for (const [code, direction] of [
    ["KeyW", -1],
    ["KeyS", 1],
    ["ArrowUp", -1],
    ["ArrowDown", 1],
  ]) {
    const { page, keys } = listening();
    press(page, code);
    assert.equal(keys.direction(LEFT), direction);
    assert.equal(keys.direction(RIGHT), 0);
  }
});

test("two players have one pair of keys each", () => {
  const { page, keys } = listening("local");
  press(page, "KeyW");
  press(page, "ArrowDown");
  assert.equal(keys.direction(LEFT), -1);
  assert.equal(keys.direction(RIGHT), 1);
});

test("opposite keys cancel out until one is released", () => {
  const { page, keys } = listening();
  press(page, "KeyW");
  press(page, "KeyS");
  assert.equal(keys.direction(LEFT), 0);
  page.dispatch("keyup", { code: "KeyW" });
  assert.equal(keys.direction(LEFT), 1);
});

test("two keys for the same direction count once", () => {
  const { page, keys } = listening();
  press(page, "KeyW");
  press(page, "ArrowUp");
  assert.equal(keys.direction(LEFT), -1);
  page.dispatch("keyup", { code: "KeyW" });
  assert.equal(keys.direction(LEFT), -1);
});

test("losing the focus releases every key", () => {
  const { page, keys } = listening();
  press(page, "KeyW");
  page.dispatch("blur");
  assert.equal(keys.direction(LEFT), 0);
});

test("steering keys do not scroll during play and keep their default otherwise", () => {
  const { page, stopPlaying } = listening();
  assert.equal(press(page, "ArrowDown"), true);
  assert.equal(press(page, "KeyQ"), false);
  stopPlaying();
  assert.equal(press(page, "ArrowDown"), false);
});

test("shortcuts of the browser keep their default", () => {
  const { page, keys } = listening();
  assert.equal(press(page, "KeyW", { ctrlKey: true }), false);
  assert.equal(press(page, "KeyS", { metaKey: true }), false);
  assert.equal(keys.direction(LEFT), 0);
});

test("typing a name steers nothing", () => {
  const { page, keys } = listening();
  const field = { closest: (selector) => (selector.includes("input") ? {} : null) };
  press(page, "KeyW", { target: field });
  assert.equal(keys.direction(LEFT), 0);
});

test("Escape, P and Space pause once however long they are held", () => {
  for (const code of ["Escape", "KeyP", "Space"]) {
    const { page, pauses } = listening();
    assert.equal(press(page, code), true);
    press(page, code, { repeat: true });
    assert.deepEqual(pauses, ["pause"]);
  }
});

test("Space on a button does not pause", () => {
  const { page, pauses } = listening();
  press(page, "Space", { target: { closest: () => ({}) } });
  assert.deepEqual(pauses, []);
});

test("no listener remains after the end", () => {
  const { page, lifetime } = listening();
  lifetime.end();
  assert.equal(page.listenerCount, 0);
});
