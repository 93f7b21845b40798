import assert from "node:assert/strict";
import { test } from "node:test";

import { clockTime, formatClock } from "../../../src/ui/static/js/clock-times.js";

/** A window without observers. */
const page = {
  MutationObserver: class {
    observe() {}
    disconnect() {}
  },
};

function time(datetime) {
  return { textContent: "18:05 UTC", getAttribute: () => datetime };
}

test("a moment is shown as a time of day in the reader's own time zone", () => {
  const moment = new Date("2026-11-28T18:05:00Z");
  assert.equal(formatClock(moment, "Europe/Berlin"), "19:05");
  assert.equal(formatClock(moment, "Asia/Kathmandu"), "23:50");
});

test("the server's text is replaced", () => {
  const element = time("2026-11-28T18:05:00Z");
  clockTime(element, page);
  assert.match(element.textContent, /^\d\d:\d\d$/);
});

for (const datetime of ["soon", "", null]) {
  test(`an invalid moment keeps its text: ${datetime}`, () => {
    const element = time(datetime);
    clockTime(element, page);
    assert.equal(element.textContent, "18:05 UTC");
  });
}
