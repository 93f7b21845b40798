import assert from "node:assert/strict";
import { test } from "node:test";
import { agoTime, formatAgo } from "../../../src/ui/static/js/ago-times.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("an interval is shown in its largest whole unit", () => {
  for (const [seconds, words] of [
    [-30, "just now"],
    [59, "just now"],
    [60, "1 minute ago"],
    [2 * HOUR - 1, "1 hour ago"],
    [23 * HOUR, "23 hours ago"],
    [DAY, "yesterday"],
    [6 * DAY, "6 days ago"],
  ]) {
    assert.equal(formatAgo(seconds), words);
  }
});

test("the future and what is older than a week are left to the date", () => {
  assert.equal(formatAgo(-2 * MINUTE), null);
  assert.equal(formatAgo(7 * DAY), null);
});

function createPage(now) {
  const timers = new Map();
  return {
    timers,
    Date: { now: () => now },
    MutationObserver: class {
      observe() {}
      disconnect() {}
    },
    setInterval(work) {
      timers.set(1, work);
      return 1;
    },
    clearInterval: (id) => timers.delete(id),
  };
}

function createTime(datetime) {
  const attributes = new Map([["datetime", datetime]]);
  return {
    textContent: "24 Nov 2026, 12:00 UTC",
    getAttribute: (name) => attributes.get(name),
    setAttribute: (name, value) => void attributes.set(name, value),
  };
}

test("the exact time stays on hover and for screen readers, and the interval grows", () => {
  const page = createPage(Date.parse("2026-11-24T12:02:00Z"));
  const element = createTime("2026-11-24T12:00:00Z");
  const stop = agoTime(element, page);
  assert.equal(element.textContent, "2 minutes ago");
  assert.match(element.getAttribute("title"), /^2[345] Nov 2026, \d\d:\d\d$/);
  assert.equal(element.getAttribute("aria-label"), element.getAttribute("title"));

  page.Date.now = () => Date.parse("2026-11-24T15:00:00Z");
  page.timers.get(1)();
  assert.equal(element.textContent, "3 hours ago");

  stop();
  assert.equal(page.timers.size, 0);
});
