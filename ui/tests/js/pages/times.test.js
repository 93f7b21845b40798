import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMoment, localTime } from "../../../src/ui/static/js/times.js";

const time = (datetime, textContent) => ({ getAttribute: () => datetime, textContent });

test("a moment is shown in the reader's own time zone", () => {
  const moment = new Date("2026-11-24T23:05:00Z");
  assert.equal(formatMoment(moment, "Europe/Helsinki"), "25 Nov 2026, 01:05");
  assert.equal(formatMoment(moment, "UTC"), "24 Nov 2026, 23:05");
});

test("a time is rewritten in place", () => {
  const element = time("2026-06-01T12:00:00Z", "as the server said");
  localTime(element);
  assert.match(element.textContent, /^[12] Jun 2026, \d\d:\d\d$/);
});

test("what is no moment is left as the server wrote it", () => {
  for (const broken of [null, "", "soon"]) {
    const element = time(broken, "as the server said");
    localTime(element);
    assert.equal(element.textContent, "as the server said");
  }
});
