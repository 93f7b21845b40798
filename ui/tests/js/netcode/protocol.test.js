import assert from "node:assert/strict";
import { test } from "node:test";

import {
  decodeFrame,
  decodeFromClient,
  encodeEcho,
  encodeFromServer,
  encodeKeys,
  encodeResign,
  MalformedFrame,
  stateOf,
} from "../../../src/ui/static/netcode/protocol.js";
import { digest, newMatch, step } from "../../../src/ui/static/pong/engine.js";

const HIGHEST = { u8: 255, u16: 65_535, u32: 4_294_967_295 };

/** Frames written by hand from docs/live-matches.md. */
// biome-ignore format: a table
const HELD = { leftKeys: -1, rightKeys: 1, leftHeardBefore: 401, rightHeardBefore: 0 };
const BY_HAND = [
  [
    "welcome",
    "10 01 02 0001 05 fffffffe",
    {
      protocol: 1,
      side: 2,
      rules: 1,
      points: 5,
      seed: 4_294_967_294,
    },
  ],
  [
    "phase",
    "12 03 00000102 04 01 00 03 02 7530",
    {
      phase: 3,
      tick: 258,
      delay: 4,
      leftHere: 1,
      rightHere: 0,
      leftAbsences: 3,
      rightAbsences: 2,
      ms: 30_000,
    },
  ],
  ["keys", "13 00000010 01 ff", { tick: 16, side: 1, keys: -1 }],
  ["late", "14 00000010 00000012 01", { asked: 16, tick: 18, keys: 1 }],
  [
    "beat",
    "15 0007 0000001e deadbeef ffffff00 0010 0000 00000021 00000000",
    {
      number: 7,
      tick: 30,
      digest: 0xdeadbeef,
      clock: -256,
      leftRtt: 16,
      rightRtt: 0,
      leftHeardBefore: 33,
      rightHeardBefore: 0,
    },
  ],
  [
    "end",
    "16 01 02 03 05 00001000 00000001 0002 0000 0010 0020 06 00000fff 00000ffe",
    {
      reason: 1,
      winner: 2,
      leftScore: 3,
      rightScore: 5,
      tick: 4096,
      digest: 1,
      leftLate: 2,
      rightLate: 0,
      leftRtt: 16,
      rightRtt: 32,
      delay: 6,
      leftHeardBefore: 4095,
      rightHeardBefore: 4094,
    },
  ],
];

for (const [name, hex, fields] of BY_HAND) {
  test(`${name} is decoded and encoded byte for byte`, () => {
    assert.deepEqual(decodeFrame(bytes(hex)), [{ name, ...fields }]);
    assert.equal(hexOf(encodeFromServer(name, fields)), hex.replaceAll(" ", ""));
  });
}

test("a client's messages are encoded byte for byte", () => {
  assert.equal(hexOf(encodeKeys(258, -1)), "0100000102ff");
  assert.equal(hexOf(encodeEcho(65_535, 30, 0xdeadbeef)), "02ffff0000001edeadbeef");
  assert.equal(hexOf(encodeResign()), "03");
  assert.deepEqual(decodeFromClient(encodeKeys(9, 1)), { name: "keys", tick: 9, keys: 1 });
  assert.deepEqual(decodeFromClient(encodeResign()), { name: "resign" });
});

test("a snapshot contains the whole state", () => {
  const state = newMatch(77, 5);
  for (let tick = 0; tick < 400; tick += 1) step(state, ((tick >> 4) % 3) - 1, 1);
  const frame = encodeFromServer("snapshot", { ...state, ...HELD });
  assert.equal(frame.byteLength, 65);
  const [snapshot] = decodeFrame(frame);
  assert.equal(digest(stateOf(snapshot)), digest(state));
  assert.deepEqual(stateOf(snapshot), state);
  for (const [name, value] of Object.entries(HELD)) assert.equal(snapshot[name], value);
});

test("a frame can contain several messages, in order", () => {
  const frame = bytes(BY_HAND.map(([, hex]) => hex).join(" "));
  assert.deepEqual(
    decodeFrame(frame).map(({ name }) => name),
    BY_HAND.map(([name]) => name),
  );
});

test("the largest numbers are decoded unchanged", () => {
  const { u8, u16, u32 } = HIGHEST;
  const beat = {
    number: u16,
    tick: u32,
    digest: u32,
    clock: -(2 ** 31),
    leftRtt: u16,
    rightRtt: u16,
    leftHeardBefore: u32,
    rightHeardBefore: u32,
  };
  assert.deepEqual(decodeFrame(encodeFromServer("beat", beat)), [{ name: "beat", ...beat }]);
  const welcome = { protocol: u8, side: u8, rules: u16, points: u8, seed: u32 };
  assert.deepEqual(decodeFrame(encodeFromServer("welcome", welcome)), [
    { name: "welcome", ...welcome },
  ]);
});

for (const [what, hex] of [
  ["nothing", ""],
  ["an unknown type", "17"],
  ["a type of the other direction", "03"],
  ["a truncated message", "13 00000010 01"],
  ["a message with extra bytes", "13 00000010 01 ff 00"],
  ["an undefined key value", "13 00000010 01 02"],
]) {
  test(`${what} is malformed`, () => {
    assert.throws(() => decodeFrame(bytes(hex)), MalformedFrame);
  });
}

test("text is malformed", () => {
  assert.throws(() => decodeFrame("hello"), MalformedFrame);
});

test("two messages of a client in one frame are malformed", () => {
  assert.throws(() => decodeFromClient(bytes("03 03")), MalformedFrame);
});

function bytes(hex) {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex")).buffer;
}

function hexOf(buffer) {
  return Buffer.from(buffer).toString("hex");
}
