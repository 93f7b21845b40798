import assert from "node:assert/strict";
import { test } from "node:test";

import { clockTime, formatClock } from "../../../src/ui/static/js/clock-times.js";

/** A window without anybody who changes the page. */
const page = {
  MutationObserver: class {
    observe() {}
    disconnect() {}
  },
};

function time(datetime) {
  return { textContent: "18:05 UTC", getAttribute: () => datetime };
}

test("a moment reads as an hour of the reader's own day", () => {
  const moment = new Date("2026-11-28T18:05:00Z");
  assert.equal(formatClock(moment, "Europe/Berlin"), "19:05");
  assert.equal(formatClock(moment, "Asia/Kathmandu"), "23:50");
});

test("the words of the server give way to it", () => {
  const element = time("2026-11-28T18:05:00Z");
  clockTime(element, page);
  assert.match(element.textContent, /^\d\d:\d\d$/);
});

for (const datetime of ["soon", "", null]) {
  test(`what is no moment stays as it is: ${datetime}`, () => {
    const element = time(datetime);
    clockTime(element, page);
    assert.equal(element.textContent, "18:05 UTC");
  });
}
