import assert from "node:assert/strict";
import { test } from "node:test";

import { MatchClock } from "../../../src/ui/static/netcode/clock.js";
import { seeded } from "./world.js";

const TICKS_A_MS = 60 / 1000;

/** The server's clock, in ticks; it starts at our millisecond 500. */
const truth = (ms) => (ms - 500) * TICKS_A_MS;

/** Lets the clock hear beats, each delayed by `trip(beat)` ms; returns the time of the last. */
function after(clock, { fromMs = 0, beats, everyMs = 500, trip, rtt }) {
  let ms = fromMs;
  for (let beat = 0; beat < beats; beat += 1) {
    ms = fromMs + beat * everyMs + trip(beat);
    clock.hear(ms, truth(fromMs + beat * everyMs), rtt);
    clock.now(ms);
  }
  return ms;
}

test("the time is unknown before the first beat", () => {
  assert.equal(new MatchClock().now(1_000), null);
});

test("half of the round trip is added to the received time", () => {
  const clock = new MatchClock();
  const ms = after(clock, { beats: 3, trip: () => 40, rtt: 80 });
  assert.ok(Math.abs(clock.now(ms + 100) - truth(ms + 100)) < 0.001);
});

test("an unknown round trip counts as zero", () => {
  const clock = new MatchClock();
  const ms = after(clock, { beats: 3, trip: () => 50, rtt: 0 });
  assert.ok(Math.abs(clock.now(ms) - (truth(ms) - 50 * TICKS_A_MS)) < 0.001);
});

test("the fastest of several beats determines the time", () => {
  const chance = seeded(3);
  const clock = new MatchClock();
  const trip = (beat) => (beat === 4 ? 30 : 30 + chance(90));
  const ms = after(clock, { beats: 10, trip, rtt: 60 });
  assert.ok(Math.abs(clock.now(ms) - truth(ms)) < 0.001);
});

test("a longer trip is detected after ten beats", () => {
  const clock = new MatchClock();
  clock.steady();
  after(clock, { beats: 10, trip: () => 10, rtt: 20 });
  const ms = after(clock, { fromMs: 5_000, beats: 16, trip: () => 60, rtt: 120 });
  assert.ok(Math.abs(clock.now(ms) - truth(ms)) < 0.3);
});

test("a running clock is corrected by at most a twentieth of its speed", () => {
  const clock = new MatchClock();
  clock.steady();
  clock.hear(0, truth(0), 0);
  let shown = clock.now(0);
  clock.hear(16, truth(16) + 6, 0);
  for (let ms = 16; ms < 3_000; ms += 16) {
    const now = clock.now(ms);
    const step = (now - shown) / (16 * TICKS_A_MS);
    assert.ok(step >= 0.95 - 1e-9 && step <= 1.05 + 1e-9, String(step));
    shown = now;
  }
  assert.ok(Math.abs(shown - truth(2_992) - 6) < 0.001);
});

test("during a countdown the clock jumps to the best estimate", () => {
  const clock = new MatchClock();
  clock.hear(0, -180, 0);
  clock.now(0);
  clock.hear(100, -164, 0);
  assert.equal(Math.round(clock.now(100)), -164);
});

test("a running clock jumps after an absence of half a second", () => {
  const clock = new MatchClock();
  clock.steady();
  clock.hear(0, 0, 0);
  clock.now(0);
  clock.hear(16, 40, 0);
  assert.equal(Math.round(clock.now(16)), 40);
});

test("the clock waits for a number of ticks and then catches up", () => {
  const clock = new MatchClock();
  clock.steady();
  clock.hear(0, 100, 0);
  assert.equal(clock.now(0), 100);
  clock.wait(4);
  assert.equal(clock.now(0), 96);
  for (let ms = 10; ms <= 1_400; ms += 10) clock.now(ms);
  assert.ok(Math.abs(clock.now(1_400) - 184) < 0.01);
});

test("a trip of more than six ticks delays the clock", () => {
  const clock = new MatchClock();
  const ms = after(clock, { beats: 3, trip: () => 150, rtt: 300 });
  assert.equal(clock.lag, 3);
  assert.ok(Math.abs(clock.now(ms) - (truth(ms) - 3)) < 0.001);
});

test("a reset clears the clock", () => {
  const clock = new MatchClock();
  after(clock, { beats: 3, trip: () => 10, rtt: 20 });
  clock.reset();
  assert.equal(clock.now(9_000), null);
  assert.equal(clock.trip, 0);
});
