import assert from "node:assert/strict";
import { test } from "node:test";

import { Inputs } from "../../../src/ui/static/netcode/inputs.js";

const ALWAYS = Number.POSITIVE_INFINITY;

function held(inputs, from, to) {
  return Array.from({ length: to - from }, (_, place) => inputs.at(from + place));
}

test("keys are held until others come", () => {
  const inputs = new Inputs(1);
  inputs.press(12, -1);
  inputs.press(14, 0);
  assert.deepEqual(held(inputs, 10, 16), [1, 1, -1, -1, 0, 0]);
});

test("keys that come late are put where they belong", () => {
  const inputs = new Inputs(0);
  assert.equal(inputs.receive(20, 1), 20);
  assert.equal(inputs.receive(10, -1), 10);
  assert.deepEqual([inputs.at(9), inputs.at(10), inputs.at(19), inputs.at(20)], [0, -1, -1, 1]);
});

test("what changes nothing is no difference", () => {
  const inputs = new Inputs(1);
  assert.equal(inputs.receive(10, 1), ALWAYS);
  assert.equal(inputs.press(12, 0), 12);
  assert.equal(inputs.receive(12, 0), ALWAYS);
});

test("a late tap moves, and what was pressed after it makes way", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(11, 0);
  assert.equal(inputs.receiveLate(10, 15, 1), 10);
  assert.deepEqual(held(inputs, 9, 18), [0, 0, 0, 0, 0, 0, 1, 0, 0]);
});

test("what was asked for before keys that came late was in time", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(20, -1);
  inputs.receiveLate(20, 25, -1);
  const rest = inputs.postponed(30, 21);
  assert.deepEqual([rest.at(9), rest.at(10), rest.at(24), rest.at(25)], [0, 1, 1, -1]);
});

test("late keys of which nothing is known any more are taken as they are", () => {
  const inputs = new Inputs(0);
  assert.equal(inputs.receiveLate(3, 15, -1), 15);
});

test("what was not heard until a beat was not in time for it", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(13, -1);
  inputs.press(15, 0);
  inputs.press(40, 1);
  const rest = inputs.postponed(30, 11);
  assert.deepEqual([rest.at(29), rest.at(30), rest.at(31), rest.at(40)], [1, -1, 0, 1]);
});

test("an answer finds what was put off", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(12, 0);
  const rest = inputs.postponed(30, 0);
  rest.receiveLate(10, 33, 1);
  assert.deepEqual(held(rest, 31, 36), [0, 0, 1, 0, 0]);
});

test("what lies behind is forgotten but held", () => {
  const inputs = new Inputs(0);
  inputs.press(10, 1);
  inputs.press(20, -1);
  const rest = inputs.from(15);
  assert.deepEqual(held(rest, 14, 22), [1, 1, 1, 1, 1, 1, -1, -1]);
  assert.equal(rest.lastKeys, -1);
  assert.equal(rest.lastTick, 20);
  assert.equal(inputs.from(20).at(19), 1);
});

test("a snapshot keeps what is on its way, and nothing else", () => {
  const inputs = new Inputs(0);
  inputs.receive(10, 1);
  inputs.press(12, 0);
  inputs.press(40, -1);
  const rest = inputs.pendingOver(1, 20, 12);
  assert.deepEqual([rest.at(19), rest.at(20), rest.at(39), rest.at(40)], [1, 0, 0, -1]);
});
