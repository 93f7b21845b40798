import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  FIRST_RETRY_MS,
  GOOD_AFTER_MS,
  keepLive,
  LONGEST_RETRY_MS,
  retryDelay,
} from "../../../src/ui/static/js/live.js";

let opened;
let said;
let waiting;
let time;
let live;

class FakeSource extends EventTarget {
  closed = false;

  close() {
    this.closed = true;
  }

  send(name) {
    this.dispatchEvent(new Event(name));
  }
}

const last = () => opened.at(-1);

function waitIsOver() {
  const { callback } = waiting.at(-1);
  waiting = [];
  callback();
}

beforeEach(() => {
  opened = [];
  said = [];
  waiting = [];
  time = 0;
  live = keepLive({
    events: ["friends", "games"],
    open() {
      opened.push(new FakeSource());
      return last();
    },
    say: (name) => said.push(name),
    after(callback, delayMs) {
      const entry = { callback, delayMs };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    now: () => time,
    random: () => 1,
  });
});

test("events of the stream are passed on", () => {
  live.start();
  last().send("open");
  assert.deepEqual(said, []);
  last().send("friends");
  last().send("games");
  assert.deepEqual(said, ["friends", "games"]);
});

test("starting twice opens one stream", () => {
  live.start();
  live.start();
  assert.equal(opened.length, 1);
});

test("a refused stream is tried again with growing pauses of up to a minute", () => {
  live.start();
  const delays = [];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    last().send("error");
    assert.equal(last().closed, true);
    assert.equal(waiting.length, 1);
    delays.push(waiting[0].delayMs);
    waitIsOver();
  }
  assert.equal(opened.length, 11);
  assert.deepEqual(delays.slice(0, 3), [2_000, 4_000, 8_000]);
  assert.equal(delays.at(-1), LONGEST_RETRY_MS);
});

test("a stream that ends after a while is reopened soon", () => {
  live.start();
  last().send("error");
  waitIsOver();
  time += GOOD_AFTER_MS;
  last().send("error");
  assert.equal(waiting[0].delayMs, FIRST_RETRY_MS);
});

test("a stream that ends at once is reopened later, even if it was open", () => {
  live.start();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    last().send("open");
    last().send("error");
    if (attempt < 3) waitIsOver();
  }
  assert.equal(waiting[0].delayMs, 16_000);
});

test("a reconnect repeats every event, because some may have been missed", () => {
  live.start();
  last().send("open");
  last().send("error");
  waitIsOver();
  assert.deepEqual(said, []);
  last().send("open");
  assert.deepEqual(said, ["friends", "games"]);
});

test("leaving closes the stream and cancels the next attempt", () => {
  live.start();
  live.stop();
  assert.equal(last().closed, true);
  live.start();
  last().send("error");
  live.stop();
  assert.deepEqual(waiting, []);
});

test("coming back opens the stream again", () => {
  live.start();
  live.stop();
  live.start();
  assert.equal(opened.length, 2);
  assert.equal(last().closed, false);
});

test("half of each pause is random", () => {
  assert.equal(retryDelay(0, 0), FIRST_RETRY_MS / 2);
  assert.equal(retryDelay(0, 1), FIRST_RETRY_MS);
  assert.equal(retryDelay(20, 0), LONGEST_RETRY_MS / 2);
});
