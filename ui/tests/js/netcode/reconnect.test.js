import assert from "node:assert/strict";
import { test } from "node:test";

import {
  LONGEST_RETRY_MS,
  problemOf,
  retryDelay,
} from "../../../src/ui/static/netcode/reconnect.js";

test("protocol violations and another window end the connection for good", () => {
  assert.deepEqual([4000, 4001, 4002, 4003, 4004].map(problemOf), [
    "malformed",
    "too_large",
    "too_many",
    "out_of_order",
    "taken_over",
  ]);
  assert.deepEqual([1000, 1006, 1011, 1012, 4005, 4006].map(problemOf), Array(6).fill(null));
});

test("the client reconnects at once if a process stops or has lost the match", () => {
  assert.equal(retryDelay(1012, 1, 1), 0);
  assert.equal(retryDelay(4005, 1, 1), 0);
});

test("the client reconnects at once after a good connection", () => {
  assert.equal(retryDelay(1006, 0, 1), 0);
});

test("pauses are short at first, then double; half of each is random", () => {
  const waits = [1, 2, 12, 13, 14, 15, 99].map((failures) => retryDelay(1006, failures, 1));
  assert.deepEqual(waits, [250, 500, 500, 1_000, 2_000, LONGEST_RETRY_MS, LONGEST_RETRY_MS]);
  assert.equal(retryDelay(1006, 13, 0), 500);
});

test("a second redirect in a row waits", () => {
  assert.equal(retryDelay(4005, 2, 1), 500);
});
