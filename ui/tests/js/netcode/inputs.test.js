import assert from "node:assert/strict";
import { test } from "node:test";

import { Inputs } from "../../../src/ui/static/netcode/inputs.js";

const ALWAYS = Number.POSITIVE_INFINITY;

function held(inputs, from, to) {
  return Array.from({ length: to - from }, (_, place) => inputs.at(from + place));
}

test("keys are held until they change", () => {
  const inputs = new Inputs(1);
  inputs.press(12, -1);
  inputs.press(14, 0);
  assert.deepEqual(held(inputs, 10, 16), [1, 1, -1, -1, 0, 0]);
});

test("late keys are inserted at their tick", () => {
  const inputs = new Inputs(0);
  assert.equal(inputs.receive(20, 1), 20);
  assert.equal(inputs.receive(10, -1), 10);
  assert.deepEqual([inputs.at(9), inputs.at(10), inputs.at(19), inputs.at(20)], [0, -1, -1, 1]);
});

test("unchanged keys are no difference", () => {
  const inputs = new Inputs(1);
  assert.equal(inputs.receive(10, 1), ALWAYS);
  assert.equal(inputs.press(12, 0), 12);
  assert.equal(inputs.receive(12, 0), ALWAYS);
});

test("a late key press moves, and the keys after it move behind it", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(11, 0);
  assert.equal(inputs.receiveLate(10, 15, 1), 10);
  assert.deepEqual(held(inputs, 9, 18), [0, 0, 0, 0, 0, 0, 1, 0, 0]);
});

test("keys pressed before a late key press were in time", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(20, -1);
  inputs.receiveLate(20, 25, -1);
  const rest = inputs.postponed(30, 21);
  assert.deepEqual([rest.at(9), rest.at(10), rest.at(24), rest.at(25)], [0, 1, 1, -1]);
});

test("a late key press that is no longer known is applied at its tick", () => {
  const inputs = new Inputs(0);
  assert.equal(inputs.receiveLate(3, 15, -1), 15);
});

test("keys that the server has not heard before a beat are postponed to its tick", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(13, -1);
  inputs.press(15, 0);
  inputs.press(40, 1);
  const rest = inputs.postponed(30, 11);
  assert.deepEqual([rest.at(29), rest.at(30), rest.at(31), rest.at(40)], [1, -1, 0, 1]);
});

test("a late answer finds a postponed key press", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(12, 0);
  const rest = inputs.postponed(30, 0);
  rest.receiveLate(10, 33, 1);
  assert.deepEqual(held(rest, 31, 36), [0, 0, 1, 0, 0]);
});

test("older changes are dropped, and their keys stay held", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(20, -1);
  const rest = inputs.from(15);
  assert.deepEqual(held(rest, 14, 22), [1, 1, 1, 1, 1, 1, -1, -1]);
  assert.equal(rest.lastKeys, -1);
  assert.equal(rest.lastTick, 20);
  assert.equal(inputs.from(20).at(19), 1);
});

test("a snapshot keeps only keys that are still on their way", () => {
  const inputs = new Inputs(0);
  inputs.receive(10, 1);
  inputs.press(12, 0);
  inputs.press(40, -1);
  const rest = inputs.pendingOver(1, 20, 12);
  assert.deepEqual([rest.at(19), rest.at(20), rest.at(39), rest.at(40)], [1, 0, 0, -1]);
});
