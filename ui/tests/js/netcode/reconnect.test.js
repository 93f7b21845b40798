import assert from "node:assert/strict";
import { test } from "node:test";

import {
  LONGEST_RETRY_MS,
  problemOf,
  retryDelay,
} from "../../../src/ui/static/netcode/reconnect.js";

test("a fault of ours and another window end the connection for good", () => {
  assert.deepEqual([4000, 4001, 4002, 4003, 4004].map(problemOf), [
    "malformed",
    "too_large",
    "too_many",
    "out_of_order",
    "taken_over",
  ]);
  assert.deepEqual([1000, 1006, 1011, 1012, 4005, 4006].map(problemOf), Array(6).fill(null));
});

test("a process that stops or has lost the match is left at once", () => {
  assert.equal(retryDelay(1012, 1, 1), 0);
  assert.equal(retryDelay(4005, 1, 1), 0);
});

test("a good connection comes back at once, whatever ended it", () => {
  assert.equal(retryDelay(1006, 0, 1), 0);
});

test("waits are short while another process may be taking the match, and double later; half of them is chance", () => {
  const waits = [1, 2, 12, 13, 14, 15, 99].map((failures) => retryDelay(1006, failures, 1));
  assert.deepEqual(waits, [250, 500, 500, 1_000, 2_000, LONGEST_RETRY_MS, LONGEST_RETRY_MS]);
  assert.equal(retryDelay(1006, 13, 0), 500);
});

test("even those who are sent elsewhere wait when it goes on", () => {
  assert.equal(retryDelay(4005, 2, 1), 500);
});
